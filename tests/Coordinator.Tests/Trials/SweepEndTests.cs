using CsCheck;
using Sweep.Bench.Simulator;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Trials;

/// <summary>What ends a sweep before its search is over.</summary>
public sealed class SweepEndTests
{
    [Fact]
    public void The_epoch_that_reaches_the_target_ends_the_sweep()
    {
        var sweep = new TestSweep("limits: {target: 0.95}");
        var (first, second) = (sweep.Assign(1)!.Value, sweep.Assign(2)!.Value);
        sweep.Record(1, first, Report(1, heldOut: 0.94));
        Assert.Null(sweep.State.Ending);
        sweep.Record(2, second, Report(1, heldOut: 0.95));
        Assert.Equal(SweepEnding.TargetReached, sweep.State.Ending);
        Assert.Equal("trial 2 reached 0.95, and the target is 0.95", Assert.IsType<SweepFinished>(sweep.Events[^1]).Detail);
        Assert.All(sweep.State.Trials, trial => Assert.Equal(TrialOutcome.Stopped, trial.Outcome));
    }

    [Fact]
    public void A_target_for_a_loss_is_reached_from_above()
    {
        var sweep = new TestSweep("objective: {metric: validation_loss}\nlimits: {target: 1.0}");
        var attempt = sweep.Assign(1)!.Value;
        sweep.Record(1, attempt, Report(1) with { Validation = new Evaluation(1.1, 0.5) });
        Assert.Null(sweep.State.Ending);
        sweep.Record(1, attempt, Report(2) with { Validation = new Evaluation(0.9, 0.5) });
        Assert.Equal(SweepEnding.TargetReached, sweep.State.Ending);
    }

    [Fact]
    public void Trials_that_bring_no_new_best_use_up_the_patience()
    {
        var sweep = new TestSweep("limits: {patience_trials: 2}", trials: 10, epochs: 1);
        foreach (var accuracy in (double[])[0.5, 0.4, 0.6, 0.6]) sweep.Record(1, sweep.Assign(1)!.Value, Report(1, heldOut: accuracy));
        Assert.Null(sweep.State.Ending);
        sweep.Record(1, sweep.Assign(1)!.Value, Report(1, heldOut: 0.1));
        Assert.Equal(SweepEnding.PatienceSpent, sweep.State.Ending);
        Assert.Equal(5, sweep.State.TrialCount);
    }

    [Fact]
    public void A_trial_that_pauses_and_ends_uses_up_the_patience_once()
    {
        var sweep = new TestSweep("scheduler: {name: asha, min_epochs: 1, reduction_factor: 3}\nlimits: {patience_trials: 3}", trials: 3, epochs: 2);
        sweep.RunToTheEnd(trial => 1 - trial.Id.Number * 0.1);
        Assert.Equal(SweepEnding.AllTrialsEnded, sweep.State.Ending);
        Assert.Equal(2, sweep.State.TrialsSinceBest);
    }

    [Fact]
    public void No_more_trials_are_created_than_allowed_replicates_included()
    {
        var sweep = new TestSweep("replicates: 2\nlimits: {max_trials: 7}", trials: 10, final: "{top: 2, seeds: 4}");
        sweep.RunToTheEnd();
        Assert.Equal(7, sweep.State.TrialCount);
        Assert.Equal(3, sweep.State.ConfigurationCount);
        Assert.All(sweep.State.Trials, trial => Assert.Equal(TrialOutcome.Completed, trial.Outcome));
    }

    [Fact]
    public void Hours_are_counted_of_every_worker_that_holds_an_attempt()
    {
        var sweep = new TestSweep("limits: {max_gpu_hours: 2}");
        sweep.Assign(1);
        sweep.Assign(2);
        sweep.Wait(TimeSpan.FromMinutes(59));
        sweep.Do(new CheckLimits(sweep.Tick()));
        Assert.Null(sweep.State.Ending);
        sweep.Wait(TimeSpan.FromMinutes(1));
        sweep.Do(new CheckLimits(sweep.Tick()));
        Assert.Equal(SweepEnding.GpuHoursLimit, sweep.State.Ending);
    }

    [Fact]
    public void Hours_of_attempts_that_are_over_count_and_the_time_without_a_coordinator_does_not()
    {
        var sweep = new TestSweep("limits: {max_gpu_hours: 2}", epochs: 2);
        var attempt = sweep.Assign(1)!.Value;
        sweep.Wait(TimeSpan.FromHours(1));
        sweep.Lose(1);
        sweep.Wait(TimeSpan.FromHours(5));
        sweep.Assign(1);
        sweep.Wait(TimeSpan.FromMinutes(30));
        sweep.Do(new CheckLimits(sweep.Tick()));
        sweep.Record(1, attempt with { Number = 2 }, Report(1));
        Assert.InRange(sweep.State.WorkersHeldFor(sweep.Tick()).TotalHours, 1.49, 1.51);

        sweep.Wait(TimeSpan.FromHours(7));
        sweep.Do(new ResumeSweep(Guid.NewGuid(), "0.1.0", [], null, sweep.Tick()));
        Assert.Null(sweep.State.Ending);
        Assert.InRange(sweep.State.WorkersHeldFor(sweep.Tick()).TotalHours, 1.49, 1.51);
    }

    /// <summary>Whatever the limit, what is recorded stays within it; time, within the epoch that was under way.</summary>
    [Fact]
    public void No_sweep_goes_beyond_a_limit() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[0, 3].Select(kind => ((SchedulerKind)kind).ToString().ToLowerInvariant()), Gen.Int[1, 200], Gen.Int[1, 40], Gen.Int[20, 600], Gen.Long[0, 99])
            .Sample((workers, scheduler, epochs, trials, seconds, seed) =>
            {
                var definition = MixedSpace.Sweep(seed, $$$"""
                    search: {algorithm: random, trials: 100000}
                    scheduler: {name: {{{scheduler}}}}
                    limits: {max_epochs_total: {{{epochs}}}, max_trials: {{{trials}}}, max_duration: {{{seconds}}}s, max_gpu_hours: {{{workers * 0.05}}}, target: 0.8}
                    """);
                var over = 0;
                var simulation = new Simulation(definition, (trial, epoch) => new Curve((NetworkConfiguration)trial.Configuration, seed, epoch).Next(epoch), _ => TimeSpan.FromSeconds(1))
                {
                    Decided = (before, _, _) => over += before is { Ending: null, Leader: var (_, value) } && value >= 0.8 ? 1 : 0,
                };
                simulation.Run(workers);
                Assert.NotNull(simulation.State.Ending);
                Assert.InRange(simulation.State.EpochsTotal, 0, epochs);
                Assert.InRange(simulation.State.TrialCount, 0, trials);
                Assert.InRange(simulation.Elapsed.TotalSeconds, 0, seconds + 1);
                Assert.InRange(simulation.State.WorkersHeldFor(simulation.Now).TotalSeconds, 0, workers * (0.05 * 3600 + 1));
                Assert.Equal(0, over);
            }, iter: 60);
}
