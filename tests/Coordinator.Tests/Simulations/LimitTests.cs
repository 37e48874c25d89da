using CsCheck;
using Sweep.Bench.Simulator;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Simulations;

/// <summary>Limits hold however many workers train, in whatever order, and however often they die. The books are kept here, from the events alone.</summary>
public sealed class LimitTests
{
    private const int Epochs = 9, Trials = 60;

    /// <summary>The slowest worker's epoch.</summary>
    private static readonly TimeSpan LongestEpoch = TimeSpan.FromSeconds(3);

    private static readonly string[] Schedulers = ["none", "median", "asha", "hyperband"];

    [Fact]
    public void No_more_trials_begin_than_max_trials() => ForAny((run, limit) =>
    {
        Assert.InRange(run.Events.OfType<TrialCreated>().Count(), 1, limit);
        Assert.Equal(SweepEnding.AllTrialsEnded, run.State.Ending);
    }, limit => $"max_trials: {limit}");

    [Fact]
    public void No_more_epochs_are_recorded_than_max_epochs_total() => ForAny((run, limit) =>
    {
        Assert.Equal(limit, run.Events.OfType<EpochRecorded>().Count());
        Assert.Equal(SweepEnding.EpochLimit, run.State.Ending);
    }, limit => $"max_epochs_total: {limit}");

    [Fact]
    public void No_epoch_is_recorded_once_max_duration_has_passed() => ForAny((run, limit) =>
    {
        Assert.Contains(run.State.Ending!.Value, (SweepEnding[])[SweepEnding.DurationLimit, SweepEnding.AllTrialsEnded]);
        Assert.All(run.Events.OfType<EpochRecorded>(), recorded => Assert.True(recorded.At - Simulation.Start < TimeSpan.FromSeconds(limit)));
        Assert.True(run.Events[^1].At - Simulation.Start <= TimeSpan.FromSeconds(limit) + LongestEpoch);
    }, limit => $"max_duration: {limit}s", most: 40);

    [Fact]
    public void Workers_are_held_no_longer_than_max_gpu_hours_and_the_epochs_in_progress() => ForAny((run, limit) =>
    {
        Assert.Equal(SweepEnding.GpuHoursLimit, run.State.Ending);
        var until = run.Events.OfType<EpochRecorded>().LastOrDefault()?.At ?? Simulation.Start;
        // When the last epoch was recorded, the limit was not reached; from then on each worker may have been within an epoch.
        Assert.True(HeldUntil(run.Events, until) < TimeSpan.FromSeconds(limit));
        Assert.InRange(HeldUntil(run.Events, run.Events[^1].At).TotalSeconds, limit, limit + run.Workers * LongestEpoch.TotalSeconds);
    }, limit => $"max_gpu_hours: {limit / 3600.0:R}", most: 100);

    [Fact]
    public void The_epoch_that_reaches_the_target_is_the_last_one() => ForAny((run, _) =>
    {
        var reached = run.Events.OfType<EpochRecorded>().Select(recorded => recorded.Report.Validation!.Accuracy >= 0.9).ToList();
        Assert.Equal(reached.Contains(true) ? SweepEnding.TargetReached : SweepEnding.AllTrialsEnded, run.State.Ending);
        Assert.Equal(reached.Contains(true) ? reached.Count - 1 : -1, reached.IndexOf(true));
    }, _ => "target: 0.9");

    [Fact]
    public void The_sweep_ends_with_the_trial_that_spends_patience_trials() => ForAny((run, limit) =>
    {
        var (best, leader, without) = (0.0, default(TrialId), 0);
        var counted = new HashSet<TrialId>();
        var rest = run.Events.Count;
        foreach (var (index, sweepEvent) in run.Events.Index())
        {
            if (without >= limit)
            {
                rest = index;
                break;
            }
            switch (sweepEvent)
            {
                case EpochRecorded { Report.Validation.Accuracy: { } accuracy } recorded when accuracy > best:
                    (best, leader, without) = (accuracy, recorded.Attempt.Trial, 0);
                    break;
                case TrialPaused { Attempt.Trial: var trial } when counted.Add(trial) && trial != leader:
                case TrialFinished { Trial: var finished } when counted.Add(finished) && finished != leader:
                    without++;
                    break;
            }
        }
        Assert.Equal(without >= limit ? SweepEnding.PatienceSpent : SweepEnding.AllTrialsEnded, run.State.Ending);
        Assert.DoesNotContain(run.Events.Skip(rest), sweepEvent => sweepEvent is EpochRecorded or AttemptStarted or TrialCreated);
    }, limit => $"patience_trials: {limit}", most: 20);

    [Fact]
    public void Several_limits_together_all_hold() =>
        Gen.Select(Gen.Long, Gen.Int[1, 25], Gen.Int[5, 40], Gen.Int[20, 200], Gen.Int[5, 60]).Sample((seed, workers, trials, epochs, seconds) =>
        {
            var run = Run(seed, workers, "asha", $"max_trials: {trials}, max_epochs_total: {epochs}, max_duration: {seconds}s");

            Assert.NotNull(run.State.Ending);
            Assert.InRange(run.Events.OfType<TrialCreated>().Count(), 1, trials);
            Assert.InRange(run.Events.OfType<EpochRecorded>().Count(), 0, epochs);
            Assert.All(run.Events.OfType<EpochRecorded>(), recorded => Assert.True(recorded.At - Simulation.Start < TimeSpan.FromSeconds(seconds)));
            Assert.All(run.State.Trials, trial => Assert.NotNull(trial.Outcome));
        }, iter: 30);

    private static void ForAny(Action<Ran, int> holds, Func<int, string> limits, int most = 50) =>
        Gen.Select(Gen.Long, Gen.Int[1, 25], Gen.Int[0, Schedulers.Length - 1], Gen.Int[5, most]).Sample(
            (seed, workers, scheduler, limit) => holds(Run(seed, workers, Schedulers[scheduler], limits(limit)), limit), iter: 25);

    private static Ran Run(long seed, int workers, string scheduler, string limits)
    {
        var (random, noise, events) = (new CounterRandom(seed, 1), new CounterRandom(seed, 2), new List<ISweepEvent>());
        var definition = TestSweep.Define($$$"""
            name: limited
            seed: {{{seed % 1000}}}
            dataset: {name: digits}
            model: {family: resnet, blocks: [1], widths: [4]}
            training: {epochs: {{{Epochs}}}}
            parameters: {learning_rate: {distribution: log_uniform, min: 0.001, max: 1.0}}
            search: {algorithm: random, trials: {{{Trials}}}}
            scheduler: {name: {{{scheduler}}}}
            early_stopping: {overfit: {action: flag}}
            retries: {max_attempts: 1000}
            limits: { {{{limits}}} }
            """);
        var simulation = new Simulation(
            definition,
            (trial, epoch) => 0.95 - 0.3 * Math.Abs(Math.Log10(trial.Hyperparameters["learning_rate"]!.AsDouble()) + 1.5) - 0.3 / epoch + 0.02 * noise.NextDouble(),
            worker => TimeSpan.FromSeconds(1 + worker % 5 * 0.5))
        {
            Dies = _ => random.NextDouble() < 0.02,
            Decided = (_, _, decided) => events.AddRange(decided),
        };
        simulation.Run(workers);
        return new Ran(simulation.State, events, workers);
    }

    private static TimeSpan HeldUntil(List<ISweepEvent> events, DateTimeOffset until)
    {
        var (held, since) = (TimeSpan.Zero, new Dictionary<TrialId, DateTimeOffset>());
        foreach (var sweepEvent in events.Where(sweepEvent => sweepEvent.At <= until))
        {
            if (sweepEvent is AttemptStarted started) since[started.Attempt.Trial] = started.At;
            var ended = sweepEvent switch
            {
                AttemptClosed closed => closed.Attempt.Trial,
                TrialPaused paused => paused.Attempt.Trial,
                TrialFinished finished => finished.Trial,
                _ => (TrialId?)null,
            };
            if (ended is { } trial && since.Remove(trial, out var start)) held += sweepEvent.At - start;
        }
        return held + since.Values.Aggregate(TimeSpan.Zero, (sum, start) => sum + (until - start));
    }

    private sealed record Ran(SweepState State, List<ISweepEvent> Events, int Workers);
}
