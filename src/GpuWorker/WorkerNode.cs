using System.Runtime.InteropServices;
using Akka;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog;
using Sweep.GpuWorker.Actors;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.GpuWorker;

/// <summary>
/// Keeps this process in touch with whichever coordinator is at work. It does not wait for one for ever.
/// </summary>
public sealed class WorkerNode(WorkerOptions options, WorkerProcess process, ILogger log)
{
    /// <summary>How long a worker that is told to end waits for its checkpoint and for the coordinator to acknowledge it.</summary>
    public static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(20);

    /// <summary>No coordinator came within the time that was allowed.</summary>
    private const int NoCoordinator = 3;

    private readonly TaskCompletionSource _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isAbandoned;

    /// <summary>Runs until the process is told to end; the exit code.</summary>
    public async Task<int> RunAsync()
    {
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, "SIGTERM"));
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, "SIGINT"));
        _ = WatchCoordinatorAsync();
        while (!_leaving.Task.IsCompleted) await WorkAsync();
        if (_isAbandoned) await KeepAttemptAsync();
        log.Information("Worker {Worker} leaves", process.Id.Value);
        return _isAbandoned ? NoCoordinator : 0;
    }

    private async Task WatchCoordinatorAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (process.WithoutCoordinator < options.CoordinatorGrace) await timer.WaitForNextTickAsync();
        log.Error(
            "No coordinator at {Coordinators} for {Grace}: giving up. --coordinator-grace says how long to wait",
            string.Join(" or ", options.Join), options.CoordinatorGrace);
        _isAbandoned = true;
        _leaving.TrySetResult();
    }

    /// <summary>Nobody is there to hand the attempt back to: its checkpoint is for whoever resumes the run.</summary>
    private async Task KeepAttemptAsync()
    {
        if (process.Held is not var (attempt, stop)) return;
        stop(AttemptEnding.Released);
        try
        {
            await attempt.Over.WaitAsync(DrainLimit);
            log.Information("Attempt {Attempt} has stopped at a checkpoint", attempt.Attempt.ToString());
        }
        catch (TimeoutException)
        {
            log.Warning("Attempt {Attempt} did not stop within {Limit}; its checkpoint is an older one", attempt.Attempt.ToString(), DrainLimit);
        }
    }

    /// <summary>Until the process is told to end, or the node has ended by itself, which is no reason for an attempt to end.</summary>
    private async Task WorkAsync()
    {
        log.Information("Worker {Worker} joins {Coordinator}", process.Id.Value, string.Join(" or ", options.Join));
        var node = new ClusterNode(ClusterNames.WorkerRole, options.Listen, options.Wire.Certificate);
        using var host = node.Build(log, akka => akka.WithActors((system, _) =>
        {
            var coordinators = options.Join.Select(node.AddressOf).ToList();
            var worker = system.ActorOf(Props.Create(() => new WorkerActor(process, coordinators)), ClusterNames.WorkerActor);
            CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeClusterShutdown, "hand-back", () => DrainAsync(worker));
        }));
        await host.StartAsync();
        await Task.WhenAny(host.Services.GetRequiredService<ActorSystem>().WhenTerminated, _leaving.Task);
        await host.StopAsync();
    }

    /// <summary>Only when the process leaves: a node that is merely made anew keeps its attempt.</summary>
    private async Task<Done> DrainAsync(IActorRef worker)
    {
        if (!_leaving.Task.IsCompleted || _isAbandoned) return Done.Instance;
        try
        {
            await worker.Ask<Done>(new WorkerActor.Drain(), DrainLimit);
        }
        catch (AskTimeoutException)
        {
            log.Warning("The coordinator did not acknowledge within {Limit}; leaving without", DrainLimit);
        }
        return Done.Instance;
    }

    private void OnSignal(PosixSignalContext context, string signal)
    {
        context.Cancel = true;
        // A terminal sends Ctrl-C to the coordinator's workers too; what they do is the coordinator's decision.
        if (options.IsOwned && context.Signal == PosixSignal.SIGINT) return;
        log.Information("{Signal}: handing the trial back", signal);
        _leaving.TrySetResult();
    }
}
