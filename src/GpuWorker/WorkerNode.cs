using System.Runtime.InteropServices;
using Akka;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog;
using Sweep.GpuWorker.Actors;
using Sweep.Shared;

namespace Sweep.GpuWorker;

/// <summary>Keeps this process a member of its coordinator's cluster: whenever the membership ends, it waits and joins again.</summary>
public sealed class WorkerNode(WorkerOptions options, WorkerProcess process, ILogger log)
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs until the process is told to end; the exit code.</summary>
    public async Task<int> RunAsync()
    {
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, "SIGTERM"));
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, "SIGINT"));
        while (!_leaving.Task.IsCompleted) await JoinOnceAsync();
        log.Information("Worker {Worker} leaves", process.Id.Value);
        return 0;
    }

    private async Task JoinOnceAsync()
    {
        log.Information("Worker {Worker} joins {Coordinator}", process.Id.Value, options.Join.ToString());
        using var host = new ClusterNode(ClusterNames.WorkerRole, options.Listen, options.Join, options.Wire.Certificate).Build(log, akka =>
            akka.WithActors((system, _) =>
            {
                var worker = system.ActorOf(Props.Create(() => new WorkerActor(process)), ClusterNames.WorkerActor);
                CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeClusterShutdown, "hand-back", () => DrainAsync(worker));
            }));
        await host.StartAsync();
        await Task.WhenAny(host.Services.GetRequiredService<ActorSystem>().WhenTerminated, _leaving.Task);
        await host.StopAsync();
    }

    /// <summary>Only when the process leaves: a node that merely joins anew keeps its attempt.</summary>
    private async Task<Done> DrainAsync(IActorRef worker)
    {
        if (!_leaving.Task.IsCompleted) return Done.Instance;
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
