using Sweep.Coordinator.Audits;
using Sweep.Coordinator.Resuming;
using Sweep.Coordinator.Tests.Histories;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Trials;

public sealed class SweepOrderTests
{
    [Fact]
    public void A_paused_sweep_takes_its_trials_back_and_starts_none_until_it_is_unpaused()
    {
        var sweep = new TestSweep(trials: 2);
        var first = sweep.Assign(1)!.Value;
        sweep.Record(1, first, Report(1));
        sweep.Do(new PauseSweep(sweep.Tick()));
        Assert.True(sweep.State.IsPaused);
        Assert.Empty(sweep.State.Running);
        Assert.Null(sweep.Assign(1));
        Assert.Equal(0, SweepDemand.Of(sweep.State, searchTrials: 2));

        sweep.Do(new UnpauseSweep(sweep.Tick()));
        var again = sweep.Assign(1)!.Value;
        Assert.Equal((first.Trial, 2, 1), (again.Trial, again.Number, sweep.State[again.Trial].ResumedFrom));
    }

    [Fact]
    public void The_time_of_a_pause_is_not_the_sweeps()
    {
        var sweep = new TestSweep("limits: {max_duration: 1h}");
        sweep.Do(new PauseSweep(sweep.Tick()));
        var before = sweep.State.RunningFor(sweep.Tick());
        sweep.Wait(TimeSpan.FromHours(5));
        Assert.Empty(sweep.Do(new CheckLimits(sweep.Tick())));
        Assert.Equal(before, sweep.State.RunningFor(sweep.Tick()));
        sweep.Do(new UnpauseSweep(sweep.Tick()));
        sweep.Wait(TimeSpan.FromMinutes(61));
        sweep.Do(new CheckLimits(sweep.Tick()));
        Assert.Equal(SweepEnding.DurationLimit, sweep.State.Ending);
    }

    [Fact]
    public void Pausing_twice_pauses_once_and_a_snapshot_knows_of_it()
    {
        var sweep = new TestSweep();
        sweep.Assign(1);
        sweep.Do(new PauseSweep(sweep.Tick()));
        Assert.Empty(sweep.Do(new PauseSweep(sweep.Tick())));
        var restored = SweepState.Restore(sweep.Definition, sweep.State.ToSnapshot());
        Assert.Equal(StateText.Of(sweep.State), StateText.Of(restored));
        Assert.Equal(sweep.State.RunningFor(Start + TimeSpan.FromDays(1)), restored.RunningFor(Start + TimeSpan.FromDays(1)));
    }

    [Fact]
    public void A_configuration_that_a_person_enqueues_is_tried_next_and_once()
    {
        var sweep = new TestSweep(trials: 3);
        var wanted = new Hyperparameters([new("learning_rate", new HyperparameterValue.Number(0.25))]);
        var enqueue = new EnqueueTrial(wanted, sweep.Tick());
        Assert.Null(SweepOrders.ProblemWith(sweep.State, enqueue));
        sweep.Do(enqueue);
        Assert.Equal(wanted, sweep.State[sweep.Assign(1)!.Value.Trial].Hyperparameters);
        Assert.Contains("trial 1 has this configuration already", SweepOrders.ProblemWith(sweep.State, enqueue));
        sweep.RunToTheEnd();
        Assert.Equal((3, SweepEnding.AllTrialsEnded), (sweep.State.TrialCount, sweep.State.Ending));
    }

    [Fact]
    public void A_configuration_outside_of_the_space_is_refused()
    {
        var sweep = new TestSweep();
        var outside = new EnqueueTrial(new Hyperparameters([new("learning_rate", new HyperparameterValue.Number(7))]), sweep.Tick());
        Assert.Contains("not in the search space", SweepOrders.ProblemWith(sweep.State, outside));
    }

    [Fact]
    public void A_trial_that_a_person_stops_ends_with_what_it_has_measured_and_its_worker_is_free()
    {
        var sweep = new TestSweep();
        var attempt = sweep.Assign(1)!.Value;
        sweep.Record(1, attempt, Report(1));
        sweep.Do(new StopTrial(attempt.Trial, sweep.Tick()));
        Assert.Equal(TrialOutcome.Stopped, sweep.State[attempt.Trial].Outcome);
        Assert.Contains("has ended already", SweepOrders.ProblemWith(sweep.State, new StopTrial(attempt.Trial, sweep.Tick())));
        var unheard = sweep.Assign(1)!.Value;
        Assert.NotEqual(attempt.Trial, unheard.Trial);
        sweep.Do(new StopTrial(unheard.Trial, sweep.Tick()));
        Assert.Equal(TrialOutcome.Cancelled, sweep.State[unheard.Trial].Outcome);
        Assert.Equal(1, sweep.State.Observations.Count);
    }

    [Fact]
    public void A_sweep_that_has_ended_takes_no_orders()
    {
        var sweep = new TestSweep(trials: 1);
        sweep.RunToTheEnd();
        Assert.Contains("--resume", SweepOrders.ProblemWith(sweep.State, new PauseSweep(sweep.Tick())));
        Assert.Contains("--resume", SweepOrders.ProblemWith(sweep.State, new StopTrial(new TrialId(1), sweep.Tick())));
    }

    [Fact]
    public void Whatever_a_person_orders_replays_to_the_same_state_and_passes_the_audit()
    {
        for (var seed = 1; seed <= 50; seed++)
        {
            var random = new Random(seed);
            var sweep = new TestSweep("scheduler: {name: asha, min_epochs: 1, reduction_factor: 2}", trials: 8, epochs: 4);
            for (var step = 0; step < 80; step++) Act(sweep, random);
            var replayed = sweep.Events.Aggregate(new SweepState(sweep.Definition), (state, sweepEvent) => state.Apply(sweepEvent));
            Assert.Equal(StateText.Of(sweep.State), StateText.Of(replayed));
            Assert.Empty(HistoryAudit.ProblemsIn(sweep.Events, sweep.State));
        }
    }

    private static void Act(TestSweep sweep, Random random)
    {
        var worker = random.Next(1, 4);
        if (random.Next(8) == 0)
        {
            ISweepOrder order = random.Next(4) switch
            {
                0 => new PauseSweep(sweep.Tick()),
                1 => new UnpauseSweep(sweep.Tick()),
                2 => new StopTrial(new TrialId(random.Next(1, 9)), sweep.Tick()),
                _ => new EnqueueTrial(new Hyperparameters([new("learning_rate", new HyperparameterValue.Number(random.Next(1, 900) / 1000.0))]), sweep.Tick()),
            };
            if (SweepOrders.ProblemWith(sweep.State, order) is null) sweep.Do(order);
        }
        else if (sweep.State.Running.TryGetValue(Worker(worker), out var attempt))
        {
            sweep.Record(worker, attempt, Report(sweep.State[attempt.Trial].Reports.Count + 1, heldOut: random.NextDouble()));
        }
        else
        {
            sweep.Assign(worker);
        }
    }

    [Theory]
    [InlineData("search: {algorithm: random, trials: 3}", "search: {algorithm: random, trials: 9}", "limits: {max_duration: 2h}")]
    [InlineData("search:\n  # how many\n  trials: 3   # few\n  algorithm: random", "search:\n  # how many\n  trials: 9   # few\n  algorithm: random", "limits: {max_duration: 2h}")]
    [InlineData("search: {algorithm: random, trials: 3}\nlimits: {max_epochs_total: 90}", "search: {algorithm: random, trials: 9}\n", "limits: {max_duration: 2h, max_epochs_total: 90}")]
    public void An_extension_changes_the_sweep_file_where_it_must_and_leaves_the_rest(string search, string expected, string limits)
    {
        const string Head = "name: test\ndataset: {name: digits}\nmodel: {family: resnet, blocks: [1], widths: [4]}\ntraining: {epochs: 4}\nparameters: {learning_rate: {min: 0.001, max: 1.0}}\n";
        var definition = Define(Head + search);
        var state = new SweepState(definition).Apply(new SweepStarted(new SweepId("test-1"), "test", 0, "", Start, Head + search, "0.1.0"));
        if (definition.Limits.MaxDuration is null && limits.Contains("max_duration", StringComparison.Ordinal))
        {
            var (extension, problem) = new ExtensionRequest(Trials: 9).Of(state);
            Assert.Null(problem);
            Assert.Equal(9, extension!.Trials);
            Assert.Contains(expected, extension.SweepFile);
        }
        var (refused, reason) = new ExtensionRequest(Trials: 2).Of(state);
        Assert.Null(refused);
        Assert.Contains("can be raised and not lowered", reason);
    }
}
