using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog;
using Spectre.Console;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Plans;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Wire;

namespace Sweep.Coordinator;

/// <param name="Workers">Local workers to start; null for one a visible GPU, else one.</param>
/// <param name="Listen">Where the coordinator listens.</param>
/// <param name="Wire">How its connections are protected.</param>
public sealed record RunOptions(string SweepFile, int? Workers, HostAndPort Listen, WireSecurity Wire, string? Output)
{
    public int LocalWorkers => Workers ?? Math.Max(1, Coordinator.LocalWorkers.VisibleGpus());
}

/// <summary>One sweep from its definition to its leaderboard.</summary>
public sealed class SweepRun(SweepDefinition definition, ISampler sampler, SweepPlan plan, RunOptions options, RunFolder folder, ILogger log)
{
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(8);

    /// <summary>Read once: the copy in the run folder and the hash in the history are of the same bytes.</summary>
    private readonly byte[] _sweepFile = File.ReadAllBytes(options.SweepFile);

    private IActorRef _sweep = ActorRefs.Nobody;
    private bool _isInterrupted;

    /// <summary>Runs to the end; the exit code.</summary>
    public async Task<int> RunAsync()
    {
        WriteFolder();
        if (definition.Search.Reason is { } reason) log.Information("Search by {Algorithm}: {Reason}", definition.Search.Algorithm, reason);
        SweepState final;
        await using (var view = ConsoleProgress.For(AnsiConsole.Console, SweepFacts.Of(definition), TimeProvider.System))
        {
            await using var follower = new SweepFollower(new SweepState(definition), plan.Trials, folder, view, log);
            final = await FollowAsync(follower, view);
        }
        var leaderboard = Leaderboard.Of(SweepFacts.Of(definition), [.. final.Trials], ended: true);
        LeaderboardFiles.Write(folder.Path, leaderboard);
        ConsoleLeaderboard.Write(AnsiConsole.Console, leaderboard);
        Console.WriteLine($"Everything is in {folder.Path}");
        return ExitCodeOf(final);
    }

    private void WriteFolder()
    {
        AtomicFile.Write(folder.SweepFile, stream => stream.Write(_sweepFile));
        AtomicFile.Write(folder.Plan, stream => PlanJson.Write(stream, plan));
    }

    private async Task<SweepState> FollowAsync(SweepFollower follower, IProgressView view)
    {
        var sweep = new SweepId($"{definition.Name}-{Guid.NewGuid():N}");
        using var host = BuildHost(sweep, follower);
        await host.StartAsync();
        var cluster = Cluster.Get(host.Services.GetRequiredService<ActorSystem>());
        await cluster.JoinAsync(cluster.SelfAddress);
        _sweep = host.Services.GetRequiredService<ActorRegistry>().Get<SweepActor>();
        _sweep.Tell(new StartSweep(sweep, Convert.ToHexStringLower(SHA256.HashData(_sweepFile)), TimeProvider.System.GetUtcNow()));

        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, view));
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, view));
        var listen = new HostAndPort(cluster.SelfAddress.Host!, cluster.SelfAddress.Port!.Value);
        SweepState final;
        await using (var workers = new LocalWorkers(
            listen, options.Wire, folder, log,
            follower.HasJoined,
            (worker, reason) => _sweep.Tell(new SweepActor.WorkerExited(worker, reason)),
            problem => follower.Fail(new InvalidOperationException(problem))))
        {
            if (options.LocalWorkers > 0) workers.Start(options.LocalWorkers);
            else view.Line($"waiting for workers: gpu-worker --join {listen}");
            final = await follower.Ended;
        }
        await LeaveAsync(host);
        return final;
    }

    private IHost BuildHost(SweepId sweep, ISweepListener listener)
    {
        var storage = Path.GetFullPath(folder.Path);
        return new ClusterNode(ClusterNames.CoordinatorRole, options.Listen, Seed: null, options.Wire.Certificate).Build(log, akka => akka
            .WithHistory(folder.History)
            .WithActors((system, registry) =>
            {
                var props = Props.Create(() => new SweepActor(
                    sweep, new SweepState(definition), new SweepDecisions(sampler), storage, listener, TimeProvider.System));
                registry.Register<SweepActor>(system.ActorOf(props, ClusterNames.SweepActor));
            }));
    }

    /// <summary>
    /// Leaves the cluster in order, where workers from elsewhere are in it, so that they know at once; not longer than a person
    /// would wait.
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
            log.Warning("The cluster could not be left within {Limit}", LeaveLimit);
        }
    }

    private void OnSignal(PosixSignalContext context, IProgressView view)
    {
        // The second time the person means it: the process ends here, and its workers with it.
        if (_isInterrupted) Environment.Exit(ExitCodes.Interrupted);
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
