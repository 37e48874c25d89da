using Sweep.Coordinator.Audits;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Protocol;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Trials;

public sealed class PausedTrialTests
{
    private const string Asha = "scheduler: {name: asha, min_epochs: 2, reduction_factor: 3}";

    [Fact]
    public void A_trial_that_pauses_gives_its_worker_back_and_has_not_ended()
    {
        var sweep = new TestSweep(Asha, epochs: 6);
        var attempt = sweep.Assign(1)!.Value;
        sweep.Record(1, attempt, Report(1));
        Assert.True(sweep.State[attempt.Trial].IsRunning);
        Assert.IsType<TrialPaused>(sweep.Record(1, attempt, Report(2))[^1]);

        var trial = sweep.State[attempt.Trial];
        Assert.True(trial is { IsPaused: true, IsRunning: false, IsWaiting: false, Outcome: null });
        Assert.Equal([attempt.Trial], sweep.State.Paused);
        Assert.Equal(new TrialId(2), sweep.Assign(1)!.Value.Trial);
    }

    [Fact]
    public void Whatever_a_paused_attempt_still_says_changes_nothing()
    {
        var sweep = new TestSweep(Asha, epochs: 6);
        var attempt = PauseAt(sweep, 0.5);
        Assert.Empty(sweep.Record(1, attempt, Report(3)));
        Assert.Empty(sweep.End(1, attempt, AttemptEnding.Stopped));
        Assert.Empty(sweep.Lose(1));
        Assert.True(sweep.State[attempt.Trial].IsPaused);
    }

    [Fact]
    public void A_promoted_trial_goes_on_from_its_epochs_as_another_attempt_on_any_worker()
    {
        var sweep = new TestSweep(Asha, epochs: 6);
        var best = PauseAt(sweep, 0.6);
        PauseAt(sweep, 0.5);
        PauseAt(sweep, 0.4);
        var promoted = sweep.Assign(7)!.Value;
        Assert.Equal(best with { Number = 2 }, promoted);
        Assert.Equal(2, sweep.Events.OfType<AttemptStarted>().Last().RecordedEpochs);
        Assert.DoesNotContain(best.Trial, sweep.State.Paused);
        for (var epoch = 3; epoch <= 6; epoch++) sweep.Record(7, promoted, Report(epoch));
        Assert.Equal(TrialOutcome.Completed, sweep.State[best.Trial].Outcome);
    }

    [Fact]
    public void A_promoted_trial_whose_worker_dies_waits_and_does_not_pause_again()
    {
        var sweep = new TestSweep(Asha, epochs: 6);
        var best = PauseAt(sweep, 0.6);
        PauseAt(sweep, 0.5);
        PauseAt(sweep, 0.4);
        sweep.Assign(7);
        sweep.Lose(7);
        Assert.True(sweep.State[best.Trial].IsWaiting);
        Assert.Equal(best with { Number = 3 }, sweep.Assign(8));
    }

    [Fact]
    public void When_the_search_is_over_who_was_not_promoted_ends_as_stopped_with_its_place()
    {
        var sweep = new TestSweep(Asha, epochs: 6);
        sweep.RunToTheEnd(trial => trial.Id.Number * 0.1);
        Assert.Equal(SweepEnding.AllTrialsEnded, sweep.State.Ending);
        Assert.Equal(
            [TrialOutcome.Stopped, TrialOutcome.Stopped, TrialOutcome.Completed],
            sweep.State.Trials.Select(trial => trial.Outcome!.Value));
        Assert.Equal("place 1 of 1 after 2 epochs, where 0 may go on", sweep.State[new TrialId(1)].Detail);
        Assert.True(sweep.State[new TrialId(1)].ByScheduler);
        Assert.Null(sweep.State[new TrialId(3)].Detail);
        Assert.Empty(HistoryAudit.ProblemsIn(sweep.Events, sweep.State));
    }

    [Fact]
    public void A_limit_ends_paused_trials_too()
    {
        var sweep = new TestSweep($"{Asha}\nlimits: {{max_epochs_total: 3}}", epochs: 6);
        var paused = PauseAt(sweep, 0.6);
        sweep.Record(1, sweep.Assign(1)!.Value, Report(1));
        Assert.Equal(SweepEnding.EpochLimit, sweep.State.Ending);
        Assert.Equal(TrialOutcome.Stopped, sweep.State[paused.Trial].Outcome);
        Assert.Empty(HistoryAudit.ProblemsIn(sweep.Events, sweep.State));
    }

    [Fact]
    public void An_interrupted_sweep_keeps_its_paused_trials_for_the_coordinator_that_resumes_it()
    {
        var sweep = new TestSweep(Asha, epochs: 6);
        var best = PauseAt(sweep, 0.6);
        PauseAt(sweep, 0.5);
        sweep.Do(new InterruptSweep(sweep.Tick()));
        Assert.Empty(HistoryAudit.ProblemsIn(sweep.Events, sweep.State));

        var resumed = new TestSweep(sweep.Definition, sweep.Events, sweep.Tick());
        resumed.Do(new ResumeSweep(Guid.NewGuid(), "0.1.0", [], null, resumed.Tick()));
        PauseAt(resumed, 0.4);
        Assert.Equal(best with { Number = 2 }, resumed.Assign(1));
    }

    [Fact]
    public void A_rule_that_ends_the_trial_comes_before_the_scheduler()
    {
        var sweep = new TestSweep(Asha, epochs: 6);
        var attempt = sweep.Assign(1)!.Value;
        sweep.Record(1, attempt, Report(1));
        sweep.Record(1, attempt, Report(2, trainLoss: double.NaN));
        Assert.Equal(TrialOutcome.Diverged, sweep.State[attempt.Trial].Outcome);
        Assert.Empty(sweep.State.Paused);
    }

    /// <summary>The next trial, on worker 1, up to its first rung.</summary>
    private static AttemptId PauseAt(TestSweep sweep, double accuracy)
    {
        var attempt = sweep.Assign(1)!.Value;
        sweep.Record(1, attempt, Report(1, heldOut: accuracy));
        sweep.Record(1, attempt, Report(2, heldOut: accuracy));
        return attempt;
    }
}
