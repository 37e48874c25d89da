using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog;
using Spectre.Console;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Api;
using Sweep.Coordinator.Displays;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Outlets;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Terms;
using Sweep.Shared;
using Sweep.Shared.Wire;

namespace Sweep.Coordinator;

/// <param name="Workers">Local workers to start; null for one a visible GPU, else one.</param>
/// <param name="Listen">Where the coordinator listens.</param>
/// <param name="Wire">How its connections are protected.</param>
/// <param name="Lease">Silence after which a worker's trial goes to another one.</param>
/// <param name="HandsOver">SIGTERM ends this process and not its sweeps, with which the next coordinator goes on.</param>
/// <param name="Status">What the program says of itself to whoever asks.</param>
/// <param name="Outlets">Who else hears of the sweeps.</param>
public sealed record RunOptions(
    int? Workers, HostAndPort Listen, WireSecurity Wire, TimeSpan Lease, bool HandsOver, CoordinatorStatus Status, OutletSettings Outlets)
{
    public int LocalWorkers => Workers ?? Math.Max(1, Coordinator.LocalWorkers.VisibleGpus());
}

/// <summary>SIGTERM has ended a coordinator whose sweeps go on.</summary>
public sealed class HandedOverException() : Exception("told to end: the sweep goes on with the next coordinator");

/// <summary>
/// This process at work: its cluster node, its pool of workers, and the sweeps that share them. What is of no sweep alone is in the log of the first.
/// </summary>
/// <param name="sweeps">At least one.</param>
public sealed class CoordinatorRun(IReadOnlyList<ReadySweep> sweeps, RunOptions options)
{
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(8);

    private IReadOnlyList<SweepRun> _runs = [];
    private IActorRef _pool = ActorRefs.Nobody;
    private bool _isInterrupted;
    private volatile bool _isEnding;

    private ILogger Log => _runs[0].Log;

    /// <summary>Runs all sweeps to their ends; the worst of their exit codes.</summary>
    public async Task<int> RunAsync()
    {
        _runs = [.. sweeps.Select(sweep => new SweepRun(sweep, options))];
        try
        {
            var cause = await FollowAsync();
            var codes = _runs.Select(run => run.Conclude(cause)).ToList();
            SayWhatFailed();
            return ExitCodes.Worst(codes);
        }
        finally
        {
            foreach (var run in _runs) run.Dispose();
        }
    }

    /// <summary>Shows the sweeps until all have ended or cannot go on; null, or why this process could not run them.</summary>
    private async Task<Exception?> FollowAsync()
    {
        await using var view = ConsoleProgress.For(AnsiConsole.Console, [.. _runs.Select(run => run.Name)], TimeProvider.System);
        try
        {
            await RunNodeAsync(view);
            return null;
        }
        catch (Exception exception) when (SweepRun.IsExpected(exception))
        {
            return exception;
        }
        finally
        {
            foreach (var run in _runs) await run.FinishShowingAsync();
        }
    }

    private async Task RunNodeAsync(ConsoleProgress view)
    {
        var pooled = _runs.Select((run, number) => run.Begin(view[number], options, isAlone: _runs.Count == 1)).ToList();
        var follower = new WorkerFollower(view.Line, Log);
        using var host = BuildHost(pooled, new WorkerListeners(follower, options.Status.Metrics, options.Status.Views));
        await host.StartAsync();
        var cluster = Cluster.Get(host.Services.GetRequiredService<ActorSystem>());
        await cluster.JoinAsync(cluster.SelfAddress);
        _pool = host.Services.GetRequiredService<ActorRegistry>().Get<WorkerPoolActor>();
        options.Status.Health.Started(() => Problem(cluster));
        foreach (var run in _runs) _ = StandDownAsync(run);

        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, view));
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, view));
        var listen = new HostAndPort(cluster.SelfAddress.Host!, cluster.SelfAddress.Port!.Value);
        await using (var workers = new LocalWorkers(
            listen, options.Wire, _runs[0].Folder, Log,
            follower.HasJoined,
            (worker, reason) => _pool.Tell(new SweepActor.WorkerExited(worker, reason)),
            problem => FailAll(new InvalidOperationException(problem))))
        {
            if (_runs.All(run => run.IsExternal)) view.Line($"waiting for trials to be asked for: POST {options.Status.Api?.Address}{ApiServer.Root}/sweeps/NAME/ask");
            else if (options.LocalWorkers > 0) workers.Start(options.LocalWorkers);
            else view.Line($"waiting for workers: gpu-worker --join {listen}");
            await Task.WhenAll(_runs.Select(EndAsync));
        }
        if (_runs.All(run => run.Failure is null)) await LeaveAsync(host);
    }

    private async Task EndAsync(SweepRun run)
    {
        await run.EndAsync();
        if (!_isEnding && _runs.Any(other => other.GoesOn))
        {
            run.ConcludeEarly();
            if (run.Failure is not null) _pool.Tell(new WorkerPoolActor.ForSweep(run.Id, PoisonPill.Instance));
        }
        // Workers that leave this process's cluster from here on leave nothing but this process: that is no news of the sweeps.
        else if (_runs.Any(other => other.Failure is not null))
        {
            await Task.WhenAny(_pool.GracefulStop(LeaveLimit));
        }
    }

    /// <summary>Who takes over one of the sweeps waits for the others too.</summary>
    private async Task StandDownAsync(SweepRun run)
    {
        await run.Term.Lost;
        FailAll(new StoodDownException(
            $"another coordinator has taken over {run.Folder.Path} and goes on with it; this one stands down. "
            + "To have it stand by again, start it with --resume and --standby"));
    }

    private void FailAll(Exception cause)
    {
        _isEnding = true;
        foreach (var run in _runs) run.Fail(cause);
    }

    private string? Problem(Cluster cluster) =>
        _runs.Where(run => run.GoesOn).Select(run => run.Problem).FirstOrDefault(problem => problem is not null)
        ?? (cluster.SelfMember.Status != MemberStatus.Up ? $"its cluster member is {cluster.SelfMember.Status}" : null);

    private IHost BuildHost(IReadOnlyList<PooledSweep> pooled, IWorkerListener listener) =>
        new ClusterNode(ClusterNames.CoordinatorRole, options.Listen, options.Wire.Certificate).Build(Log, akka => HistoryStore
            .Add(akka, sweeps.Select(sweep => sweep.Store))
            .WithActors((system, registry) => registry.Register<WorkerPoolActor>(system.ActorOf(
                Props.Create(() => new WorkerPoolActor(pooled, listener, TimeProvider.System, options.Lease)), ClusterNames.SweepActor))));

    /// <summary>
    /// Ends the node in order, where there are workers from elsewhere, so that they are told of the end; not longer than a person would wait.
    /// </summary>
    private async Task LeaveAsync(IHost host)
    {
        if (await _pool.Ask<int>(new WorkerPoolActor.CountWorkers(), LeaveLimit) == 0) return;
        using var limit = new CancellationTokenSource(LeaveLimit);
        try
        {
            await host.StopAsync(limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Log.Warning("The node did not end within {Limit}", LeaveLimit);
        }
    }

    private void OnSignal(PosixSignalContext context, ConsoleProgress view)
    {
        if (options.HandsOver && context.Signal == PosixSignal.SIGTERM)
        {
            context.Cancel = true;
            // Nothing is stored, and workers are not told: to them it is as if the coordinator had died, which they bridge best.
            FailAll(new HandedOverException());
            return;
        }
        // The second time the person means it, and without a store there is nobody to end it in order: the process ends here, and its
        // workers with it.
        if (_isInterrupted || _runs.Where(run => run.GoesOn).All(run => run.IsStoreLost)) Environment.Exit(ExitCodes.Interrupted);
        context.Cancel = true;
        _isInterrupted = true;
        view.Line("interrupted: ending the workers; once more to end at once");
        _pool.Tell(new SweepActor.InterruptRequested());
    }

    private void SayWhatFailed()
    {
        foreach (var failure in _runs.Select(run => run.Failure).OfType<Exception>().DistinctBy(failure => failure.Message))
            (failure is HandedOverException ? Console.Out : Console.Error).WriteLine(failure.Message);
    }
}
