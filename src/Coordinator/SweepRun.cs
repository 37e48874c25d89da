using System.Runtime.InteropServices;
using System.Text;
using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog;
using Spectre.Console;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Metrics;
using Sweep.Coordinator.Outlets;
using Sweep.Coordinator.Plans;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Resuming;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.SweepReports;
using Sweep.Coordinator.Terms;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Wire;

namespace Sweep.Coordinator;

/// <param name="Workers">Local workers to start; null for one a visible GPU, else one.</param>
/// <param name="Listen">Where the coordinator listens.</param>
/// <param name="Wire">How its connections are protected.</param>
/// <param name="Lease">Silence after which a worker's trial goes to another one.</param>
/// <param name="HandsOver">SIGTERM ends this process and not the sweep, with which the next coordinator goes on.</param>
/// <param name="Status">What the program says of itself to whoever asks.</param>
/// <param name="Outlets">Who else hears of the sweep.</param>
public sealed record RunOptions(
    int? Workers, HostAndPort Listen, WireSecurity Wire, TimeSpan Lease, bool HandsOver, CoordinatorStatus Status, OutletSettings Outlets)
{
    public int LocalWorkers => Workers ?? Math.Max(1, Coordinator.LocalWorkers.VisibleGpus());
}

/// <summary>SIGTERM has ended a coordinator whose sweep goes on.</summary>
public sealed class HandedOverException() : Exception("told to end: the sweep goes on with the next coordinator");

/// <summary>One sweep from its definition, or from where another process has left it, to its leaderboard.</summary>
public sealed class SweepRun(
    SweepOpening opening, ISampler sampler, SweepPlan plan, RunOptions options, RunFolder folder, HistoryStore store, ITerm term, ILogger log)
{
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(8);

    private readonly SweepDefinition _definition = opening.Definition;
    private IActorRef _sweep = ActorRefs.Nobody;
    private bool _isInterrupted;

    /// <summary>Runs to the end; the exit code.</summary>
    public async Task<int> RunAsync()
    {
        log.Information(RunFacts.StartLine, ProgramVersion.Build, options.LocalWorkers, RunFacts.ThisMachine());
        WriteFolder();
        if (_definition.Search.Reason is { } reason) log.Information("Search by {Algorithm}: {Reason}", _definition.Search.Algorithm, reason);
        SweepState final;
        await using (var view = ConsoleProgress.For(AnsiConsole.Console, SweepFacts.Of(_definition), TimeProvider.System))
        {
            await using var follower = new SweepFollower(opening.State, opening.Memory.Count, plan.Trials, folder, view, log);
            options.Status.Metrics.Follow(opening.State, opening.Memory.Count, plan.SearchTrials);
            if (opening.State.Sweep is not null) view.Line(Resumed());
            final = await FollowAsync(follower, view);
        }
        return Report(final, folder, new StoredHistory(store, opening.Sweep));
    }

    /// <summary>Shows and writes the leaderboard of a sweep that is over; the exit code.</summary>
    public static int Report(SweepState final, RunFolder folder, StoredHistory history)
    {
        var leaderboard = Leaderboard.Of(final);
        LeaderboardFiles.Write(folder.Path, leaderboard);
        ReportFiles.Write(folder, final, history.EventsAfter(0));
        ConsoleLeaderboard.Write(AnsiConsole.Console, leaderboard);
        Console.WriteLine($"Everything is in {folder.Path}");
        return ExitCodeOf(final);
    }

    private string Resumed()
    {
        var state = opening.State;
        var open = state.TrialCount - state.FinishedCount;
        return $"resumed: {state.FinishedCount} trials have ended, {open} go on";
    }

    private void WriteFolder()
    {
        AtomicFile.Write(folder.SweepFile, stream => stream.Write(Encoding.UTF8.GetBytes(opening.SweepFile)));
        AtomicFile.Write(folder.Plan, stream => PlanJson.Write(stream, plan));
        if (opening.State.Sweep is null) return;
        SweepFollower.Restore(folder, new StoredHistory(store, opening.Sweep), opening.State, log);
        // One from an interruption would pass for the end.
        if (LeaderboardFiles.AreIn(folder.Path))
            LeaderboardFiles.Write(folder.Path, Leaderboard.Of(SweepFacts.Of(_definition), [.. opening.State.Trials], ended: false));
    }

    private async Task<SweepState> FollowAsync(SweepFollower follower, IProgressView view)
    {
        await using var outlets = new OpenOutlets(options.Outlets.Open(opening.Memory.Count, log));
        using var host = BuildHost(follower, outlets);
        await host.StartAsync();
        var cluster = Cluster.Get(host.Services.GetRequiredService<ActorSystem>());
        await cluster.JoinAsync(cluster.SelfAddress);
        _sweep = host.Services.GetRequiredService<ActorRegistry>().Get<SweepActor>();
        options.Status.Health.Started(() => Problem(cluster, follower));
        _ = StandDownAsync();

        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, follower, view));
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, follower, view));
        var listen = new HostAndPort(cluster.SelfAddress.Host!, cluster.SelfAddress.Port!.Value);
        SweepState final;
        await using (var workers = new LocalWorkers(
            listen, options.Wire, folder, log,
            follower.HasJoined,
            (worker, reason) => _sweep.Tell(new SweepActor.WorkerExited(worker, reason)),
            problem => follower.Failed(new InvalidOperationException(problem))))
        {
            if (options.LocalWorkers > 0) workers.Start(options.LocalWorkers);
            else view.Line($"waiting for workers: gpu-worker --join {listen}");
            try
            {
                final = await follower.Ended;
            }
            catch
            {
                // Workers that leave this process's cluster from here on leave nothing but this process: that is no news of the sweep.
                await Task.WhenAny(_sweep.GracefulStop(LeaveLimit));
                throw;
            }
        }
        await LeaveAsync(host);
        return final;

        async Task StandDownAsync()
        {
            await term.Lost;
            follower.Failed(new StoodDownException(
                $"another coordinator has taken over {folder.Path} and goes on with it; this one stands down. "
                + "To have it stand by again, start it with --resume and --standby"));
        }
    }

    private string? Problem(Cluster cluster, SweepFollower follower) =>
        follower.IsStoreLost ? "the history cannot be stored"
        : !term.IsOurs ? "another coordinator may be at work"
        : cluster.SelfMember.Status != MemberStatus.Up ? $"its cluster member is {cluster.SelfMember.Status}"
        : null;

    private IHost BuildHost(SweepFollower follower, OpenOutlets outlets)
    {
        var storage = Path.GetFullPath(folder.Path);
        var listener = new SweepListeners([follower, options.Status.Metrics, .. outlets.All]);
        return new ClusterNode(ClusterNames.CoordinatorRole, options.Listen, options.Wire.Certificate).Build(log, akka => store.AddTo(akka)
            .WithActors((system, registry) =>
            {
                var props = Props.Create(() => new SweepActor(
                    new StoredHistory(store, opening.Sweep), opening.Memory, new SweepDecisions(sampler), opening.Command, storage, term, listener, TimeProvider.System, options.Lease));
                registry.Register<SweepActor>(system.ActorOf(SweepActor.Supervised(props), ClusterNames.SweepActor));
            }));
    }

    /// <summary>
    /// Ends the node in order, where there are workers from elsewhere, so that they are told of the end; not longer than a person would wait.
    /// </summary>
    private async Task LeaveAsync(IHost host)
    {
        if (await _sweep.Ask<int>(new SweepActor.CountWorkers(), LeaveLimit) == 0) return;
        using var limit = new CancellationTokenSource(LeaveLimit);
        try
        {
            await host.StopAsync(limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            log.Warning("The node did not end within {Limit}", LeaveLimit);
        }
    }

    private void OnSignal(PosixSignalContext context, SweepFollower follower, IProgressView view)
    {
        if (options.HandsOver && context.Signal == PosixSignal.SIGTERM)
        {
            context.Cancel = true;
            // Nothing is stored, and workers are not told: to them it is as if the coordinator had died, which they bridge best.
            follower.Failed(new HandedOverException());
            return;
        }
        // The second time the person means it, and without a store there is nobody to end it in order: the process ends here, and its
        // workers with it.
        if (_isInterrupted || follower.IsStoreLost) Environment.Exit(ExitCodes.Interrupted);
        context.Cancel = true;
        _isInterrupted = true;
        view.Line("interrupted: ending the workers; once more to end at once");
        _sweep.Tell(new SweepActor.InterruptRequested());
    }

    private static int ExitCodeOf(SweepState final)
    {
        if (final.Ending == SweepEnding.Interrupted) return ExitCodes.Interrupted;
        if (final.Ending == SweepEnding.FailureStorm) return ExitCodes.CannotGoOn;
        var hasResult = final.Trials.Any(trial => trial.Outcome is TrialOutcome.Completed or TrialOutcome.Stopped or TrialOutcome.Overfit);
        return hasResult ? ExitCodes.Done : ExitCodes.NoTrialCompleted;
    }
}
