using CsCheck;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Protocol;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Trials;

public sealed class SweepDecisionsTests
{
    [Fact]
    public void A_worker_that_asks_gets_the_next_trial()
    {
        var sweep = new TestSweep();
        Assert.Equal(new AttemptId(new SweepId("test-1"), new TrialId(1), 1), sweep.Assign(1));
        Assert.Equal(new TrialId(2), sweep.Assign(2)!.Value.Trial);
    }

    [Fact]
    public void A_worker_that_asks_again_keeps_its_attempt()
    {
        var sweep = new TestSweep();
        var attempt = sweep.Assign(1);
        Assert.Equal(attempt, sweep.Assign(1));
        Assert.Single(sweep.Events.OfType<AttemptStarted>());
    }

    [Fact]
    public void A_trial_completes_with_the_last_epoch_of_its_budget()
    {
        var sweep = new TestSweep(epochs: 2);
        var attempt = sweep.Assign(1)!.Value;
        sweep.Record(1, attempt, Report(1));
        Assert.Null(sweep.State[attempt.Trial].Outcome);
        sweep.Record(1, attempt, Report(2));
        Assert.Equal(TrialOutcome.Completed, sweep.State[attempt.Trial].Outcome);
        Assert.Empty(sweep.State.Running);
    }

    [Fact]
    public void A_report_that_is_repeated_or_out_of_turn_changes_nothing()
    {
        var sweep = new TestSweep();
        var attempt = sweep.Assign(1)!.Value;
        sweep.Record(1, attempt, Report(1));
        Assert.Empty(sweep.Record(1, attempt, Report(1)));
        Assert.Empty(sweep.Record(1, attempt, Report(3)));
    }

    [Fact]
    public void A_late_word_from_a_lower_attempt_changes_nothing()
    {
        var sweep = new TestSweep();
        var old = sweep.Assign(1)!.Value;
        sweep.Record(1, old, Report(1));
        sweep.Lose(1);
        var current = sweep.Assign(2)!.Value;
        Assert.Equal(old.Trial, current.Trial);
        Assert.Equal(2, current.Number);
        Assert.IsType<AttemptRefused>(Assert.Single(sweep.Record(1, old, Report(2))));
        Assert.Single(sweep.State[old.Trial].Reports);
        Assert.Empty(sweep.End(1, old, AttemptEnding.Failed));
        Assert.Empty(sweep.Record(1, current, Report(2)));
        Assert.NotEmpty(sweep.Record(2, current, Report(2)));
    }

    [Fact]
    public void The_next_attempt_adds_to_what_is_recorded_and_what_it_repeats_changes_nothing()
    {
        var sweep = new TestSweep("early_stopping: {plateau: {patience: 2, min_delta: 0.01}}", epochs: 10);
        var first = sweep.Assign(1)!.Value;
        sweep.Record(1, first, Report(1));
        sweep.Record(1, first, Report(2));
        sweep.Lose(1);
        var second = sweep.Assign(1)!.Value;
        Assert.Equal(2, sweep.Events.OfType<AttemptStarted>().Last().RecordedEpochs);
        Assert.Empty(sweep.Record(1, second, Report(1)));
        Assert.Empty(sweep.Record(1, second, Report(2)));
        sweep.Record(1, second, Report(3));
        Assert.Equal(3, sweep.State.EpochsTotal);
        Assert.Equal(TrialOutcome.Stopped, sweep.State[first.Trial].Outcome);
    }

    [Fact]
    public void A_trial_that_was_handed_back_starts_again_and_is_not_a_failure()
    {
        var sweep = new TestSweep("retries: {max_attempts: 1}");
        var attempt = sweep.Assign(1)!.Value;
        sweep.End(1, attempt, AttemptEnding.Released);
        Assert.True(sweep.State[attempt.Trial].IsWaiting);
        Assert.Equal(2, sweep.Assign(2)!.Value.Number);
    }

    [Fact]
    public void A_data_set_that_cannot_be_read_fails_the_trial_at_once()
    {
        var sweep = new TestSweep();
        sweep.End(1, sweep.Assign(1)!.Value, AttemptEnding.DataFailed);
        Assert.Equal(TrialOutcome.Failed, sweep.State[new TrialId(1)].Outcome);
    }

    [Fact]
    public void When_the_first_three_trials_fail_the_sweep_pauses_instead_of_burning_through_the_rest()
    {
        var sweep = new TestSweep("retries: {max_attempts: 1}", trials: 10);
        for (var trial = 1; trial <= 3; trial++)
        {
            Assert.Null(sweep.State.Ending);
            sweep.End(1, sweep.Assign(1)!.Value, AttemptEnding.Failed);
        }
        Assert.Equal(SweepEnding.FailureStorm, sweep.State.Ending);
    }

    [Fact]
    public void Once_an_epoch_was_trained_failures_are_the_trials_own()
    {
        var sweep = new TestSweep("retries: {max_attempts: 1}", trials: 10);
        sweep.Record(1, sweep.Assign(1)!.Value, Report(1));
        for (var trial = 1; trial <= 5; trial++) sweep.End(2, sweep.Assign(2)!.Value, AttemptEnding.Failed);
        Assert.Null(sweep.State.Ending);
    }

    [Fact]
    public void A_trial_fails_when_as_many_attempts_failed_as_are_allowed()
    {
        const AttemptEnding ending = AttemptEnding.Failed;
        var sweep = new TestSweep("retries: {max_attempts: 2}");
        sweep.End(1, sweep.Assign(1)!.Value, ending);
        Assert.Null(sweep.State[new TrialId(1)].Outcome);
        sweep.End(1, sweep.Assign(1)!.Value, ending);
        Assert.Equal(TrialOutcome.Failed, sweep.State[new TrialId(1)].Outcome);
        Assert.Equal($"ended as {ending}", sweep.State[new TrialId(1)].Detail);
    }

    [Fact]
    public void A_worker_lost_before_its_attempt_added_an_epoch_counts_as_a_failure_and_one_lost_later_does_not()
    {
        var sweep = new TestSweep("retries: {max_attempts: 2}");
        sweep.Record(1, sweep.Assign(1)!.Value, Report(1));
        sweep.Lose(1);
        Assert.Equal(0, sweep.State[new TrialId(1)].FailedAttempts);
        sweep.Assign(1);
        sweep.Lose(1);
        Assert.Equal(1, sweep.State[new TrialId(1)].FailedAttempts);
        sweep.Assign(1);
        sweep.Lose(1);
        Assert.Equal(TrialOutcome.Failed, sweep.State[new TrialId(1)].Outcome);
    }

    [Fact]
    public void A_new_epoch_clears_the_failures_before_it()
    {
        var sweep = new TestSweep("retries: {max_attempts: 2}", epochs: 4);
        for (var epoch = 1; epoch <= 4; epoch++)
        {
            sweep.Assign(1);
            sweep.Lose(1);
            Assert.Equal(1, sweep.State[new TrialId(1)].FailedAttempts);
            sweep.Record(1, sweep.Assign(1)!.Value, Report(epoch));
            sweep.Lose(1);
        }
        Assert.Equal(TrialOutcome.Completed, sweep.State[new TrialId(1)].Outcome);
    }

    [Fact]
    public void Out_of_memory_is_an_outcome_and_is_not_tried_again()
    {
        var sweep = new TestSweep();
        sweep.End(1, sweep.Assign(1)!.Value, AttemptEnding.OutOfMemory);
        Assert.Equal(TrialOutcome.OutOfMemory, sweep.State[new TrialId(1)].Outcome);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_loss_that_is_not_finite_ends_the_trial_as_diverged(double loss)
    {
        var sweep = new TestSweep();
        sweep.Record(1, sweep.Assign(1)!.Value, Report(1, trainLoss: loss));
        Assert.Equal(TrialOutcome.Diverged, sweep.State[new TrialId(1)].Outcome);
    }

    [Theory]
    [InlineData("stop", TrialOutcome.Overfit, 4)]
    [InlineData("flag", TrialOutcome.Completed, 10)]
    public void Overfitting_stops_a_trial_or_only_marks_it(string action, TrialOutcome outcome, int epochs)
    {
        var sweep = new TestSweep($"early_stopping: {{overfit: {{min_gap: 0.1, patience: 3, min_delta: 0.0, action: {action}}}}}", epochs: 10);
        var attempt = sweep.Assign(1)!.Value;
        for (var epoch = 1; epoch <= 10; epoch++) sweep.Record(1, attempt, Report(epoch, train: 0.5 + 0.04 * epoch, heldOut: 0.5));
        var trial = sweep.State[attempt.Trial];
        Assert.Equal(outcome, trial.Outcome);
        Assert.Equal(epochs, trial.Reports.Count);
        Assert.Equal(2, trial.Verdict.OnsetEpoch);
    }

    [Fact]
    public void A_plateau_stops_a_trial()
    {
        var sweep = new TestSweep("early_stopping: {plateau: {patience: 2, min_delta: 0.01}}", epochs: 10);
        var attempt = sweep.Assign(1)!.Value;
        for (var epoch = 1; epoch <= 3; epoch++) sweep.Record(1, attempt, Report(epoch));
        Assert.Equal(TrialOutcome.Stopped, sweep.State[attempt.Trial].Outcome);
    }

    [Fact]
    public void No_more_trials_run_at_a_time_than_the_limit_allows()
    {
        var sweep = new TestSweep("limits: {max_parallel_trials: 2}");
        Assert.NotNull(sweep.Assign(1));
        Assert.NotNull(sweep.Assign(2));
        Assert.Null(sweep.Assign(3));
    }

    [Fact]
    public void The_sweep_ends_with_the_epoch_that_reaches_its_limit()
    {
        var sweep = new TestSweep("limits: {max_epochs_total: 3}");
        var first = sweep.Assign(1)!.Value;
        var second = sweep.Assign(2)!.Value;
        sweep.Record(1, first, Report(1));
        sweep.Record(2, second, Report(1));
        Assert.Null(sweep.State.Ending);
        sweep.Record(1, first, Report(2));
        Assert.Equal(SweepEnding.EpochLimit, sweep.State.Ending);
        Assert.Equal(TrialOutcome.Stopped, sweep.State[first.Trial].Outcome);
        Assert.Equal(TrialOutcome.Stopped, sweep.State[second.Trial].Outcome);
        Assert.Empty(sweep.Record(2, second, Report(2)));
    }

    [Fact]
    public void The_sweep_ends_when_its_time_is_over()
    {
        var sweep = new TestSweep("limits: {max_duration: 90s}");
        sweep.Assign(1);
        sweep.Do(new CheckLimits(Start + TimeSpan.FromSeconds(89)));
        Assert.Null(sweep.State.Ending);
        sweep.Do(new CheckLimits(Start + TimeSpan.FromSeconds(90)));
        Assert.Equal(SweepEnding.DurationLimit, sweep.State.Ending);
    }

    [Fact]
    public void The_sweep_ends_when_every_trial_has()
    {
        var sweep = new TestSweep(trials: 2, epochs: 1);
        sweep.Record(1, sweep.Assign(1)!.Value, Report(1));
        Assert.Null(sweep.State.Ending);
        sweep.Record(1, sweep.Assign(1)!.Value, Report(1));
        Assert.Equal(SweepEnding.AllTrialsEnded, sweep.State.Ending);
        Assert.Null(sweep.Assign(1));
    }

    [Fact]
    public void An_interrupted_sweep_keeps_its_trials_waiting()
    {
        var sweep = new TestSweep();
        var attempt = sweep.Assign(1)!.Value;
        sweep.Do(new InterruptSweep(sweep.Tick()));
        Assert.Equal(SweepEnding.Interrupted, sweep.State.Ending);
        Assert.True(sweep.State[attempt.Trial].IsWaiting);
    }

    [Theory]
    [InlineData(6, 1, "null")]
    [InlineData(3, 2, "null")]
    [InlineData(4, 1, "{top: 2, seeds: 3}")]
    [InlineData(2, 2, "{top: 1, seeds: 4}")]
    public void Whatever_happens_in_whatever_order_every_trial_ends_once_and_replay_equals_live(int configurations, int replicates, string final) =>
        Gen.Select(Gen.Int[0, 6], Gen.Int[1, 4], Gen.Int[1, 5]).Array[0, 200].Sample(steps =>
        {
            var sweep = new TestSweep($"retries: {{max_attempts: 2}}\nreplicates: {replicates}", configurations, epochs: 3, final);
            foreach (var (kind, worker, epoch) in steps) Step(sweep, kind, worker, epoch);

            var ended = sweep.Events.OfType<TrialFinished>().Select(finished => finished.Trial).ToList();
            Assert.Equal(ended.Distinct().Count(), ended.Count);
            Assert.Equal(ended.Count, sweep.State.FinishedCount);
            Assert.Equal(sweep.State.Running.Count, sweep.State.Running.Values.Select(attempt => attempt.Trial).Distinct().Count());
            foreach (var trial in sweep.State.Trials)
            {
                Assert.Equal(trial.IsRunning, sweep.State.Running.Values.Any(attempt => attempt.Trial == trial.Id));
                Assert.Equal(trial.IsWaiting, sweep.State.Waiting.Contains(trial.Id));
                Assert.Equal(Enumerable.Range(1, trial.Reports.Count), trial.Reports.Select(report => report.Epoch));
                Assert.Equal(trial.Reports, sweep.Events.OfType<EpochRecorded>().Where(recorded => recorded.Attempt.Trial == trial.Id).Select(recorded => recorded.Report));
            }
            ReplicateTests.AssertReplicatesAreWhole(sweep);
            var replayed = sweep.Events.Aggregate(new SweepState(sweep.Definition), (state, sweepEvent) => state.Apply(sweepEvent));
            Assert.Equal(sweep.State.Trials.Select(Summary), replayed.Trials.Select(Summary));
            sweep.RunToTheEnd();
            ReplicateTests.AssertReplicatesAreWhole(sweep);
            if (sweep.State.Ending != SweepEnding.FailureStorm) Assert.All(sweep.State.Trials, trial => Assert.NotNull(trial.Outcome));
        }, iter: 100);

    /// <summary>What a worker, honest or late, might do next.</summary>
    private static void Step(TestSweep sweep, int kind, int worker, int epoch)
    {
        var attempt = sweep.State.Running.GetValueOrDefault(Worker(worker), new AttemptId(new SweepId("test-1"), new TrialId(1), 1));
        switch (kind)
        {
            case 0 or 1: sweep.Assign(worker); break;
            case 2 or 3: sweep.Record(worker, attempt, Report(epoch)); break;
            case 4: sweep.End(worker, attempt, (AttemptEnding)(epoch % 7)); break;
            case 5: sweep.Lose(worker); break;
            default: sweep.Do(new CheckLimits(sweep.Tick())); break;
        }
    }

    private static object Summary(TrialState trial) =>
        (trial.Id, trial.Outcome, trial.AttemptNumber, trial.FailedAttempts, trial.Reports.Count, trial.ConfigurationHash, trial.Replicate, trial.Seed, trial.Seconds, trial.Verdict);
}
