using Sweep.Coordinator.Schedulers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Schedulers;

public sealed class SecondsSchedulerTests
{
    private static readonly SecondsSettings TenToNinety = new(10, 90);

    [Fact]
    public void Rungs_are_seconds_by_multiplication_and_end_below_the_end()
    {
        Assert.Equal([10, 30], SecondsScheduler.LevelsOf(TenToNinety, 3));
        Assert.Equal([10, 30, 90], SecondsScheduler.LevelsOf(new(10, 91), 3));
        Assert.Equal([7, 14, 28, 56], SecondsScheduler.LevelsOf(new(7, null), 2).Take(4));
    }

    [Fact]
    public void A_trial_is_compared_at_the_end_of_the_epoch_in_which_it_has_trained_long_enough()
    {
        IScheduler scheduler = SecondsScheduler.Create(SchedulerKind.Asha, TenToNinety, 3, replicates: 1);
        for (var trial = 1; trial <= 3; trial++)
            scheduler = Report(scheduler, At(trial, epoch: 1, before: 0, seconds: 12, best: 0.9)).Scheduler;

        Assert.IsType<SchedulerDecision.Continue>(Report(scheduler, At(4, epoch: 1, before: 0, seconds: 9.9, best: 0.1)).Decision);
        var (_, late) = Report(scheduler, At(4, epoch: 2, before: 9.9, seconds: 10, best: 0.1));
        Assert.Equal("not among the best 1 in 3 after 10 s of training", Assert.IsType<SchedulerDecision.Pause>(late).Reason);
        Assert.IsType<SchedulerDecision.Continue>(Report(scheduler, At(4, epoch: 3, before: 10, seconds: 29, best: 0.1)).Decision);
    }

    [Fact]
    public void A_long_epoch_may_reach_several_rungs_and_counts_at_each()
    {
        IScheduler scheduler = SecondsScheduler.Create(SchedulerKind.Asha, TenToNinety, 3, replicates: 1);
        for (var trial = 1; trial <= 3; trial++)
            scheduler = Report(scheduler, At(trial, epoch: 1, before: 0, seconds: 35, best: 0.1 * trial)).Scheduler;
        var standing = At(1, epoch: 1, before: 0, seconds: 35, best: 0.1);
        Assert.Equal("not among the best 1 in 3 after 30 s of training", Assert.IsType<SchedulerDecision.Pause>(scheduler.Decide(standing)).Reason);

        // A fourth one at the lower rung meets all three.
        Assert.IsType<SchedulerDecision.Pause>(Report(scheduler, At(4, epoch: 1, before: 0, seconds: 11, best: 0.25)).Decision);
        Assert.IsType<SchedulerDecision.Continue>(Report(scheduler, At(4, epoch: 1, before: 0, seconds: 11, best: 0.35)).Decision);
    }

    [Fact]
    public void What_is_paused_is_promoted_when_its_rung_has_filled()
    {
        IScheduler scheduler = SecondsScheduler.Create(SchedulerKind.Asha, TenToNinety, 2, replicates: 1);
        var first = At(1, epoch: 1, before: 0, seconds: 12, best: 0.5);
        scheduler = Report(scheduler, first).Scheduler.Paused(first);
        Assert.Null(scheduler.NextToPromote(isSearchOver: false));
        scheduler = Report(scheduler, At(2, epoch: 1, before: 0, seconds: 14, best: 0.4)).Scheduler;
        Assert.Equal(new TrialId(1), scheduler.NextToPromote(isSearchOver: false));
        Assert.Null(scheduler.Left(first).NextToPromote(isSearchOver: false));
    }

    [Fact]
    public void A_trial_that_has_trained_its_seconds_has_completed_and_replay_agrees()
    {
        var sweep = new TestSweep("scheduler: {name: asha, resource: seconds, min_seconds: 2, max_seconds: 5}", trials: 4, epochs: 50);
        sweep.RunToTheEnd();

        Assert.Contains(sweep.State.Trials, trial => trial.Outcome == TrialOutcome.Completed);
        // An epoch takes a second.
        Assert.All(sweep.State.Trials, trial => Assert.True(trial.Outcome == TrialOutcome.Completed ? trial.Reports.Count == 5 : trial.Reports.Count is 2 or 4));
        Assert.Contains(sweep.Events, sweepEvent => sweepEvent is TrialFinished { Detail: "trained for its 5 seconds" });
        var replayed = new TestSweep(sweep.Definition, sweep.Events, sweep.Tick());
        Assert.Equal(sweep.State.Trials.Select(trial => trial.Outcome), replayed.State.Trials.Select(trial => trial.Outcome));
        Assert.Equal(SweepState.Restore(sweep.Definition, sweep.State.ToSnapshot()).Trials.Select(trial => trial.Detail), sweep.State.Trials.Select(trial => trial.Detail));
    }

    private static (IScheduler Scheduler, SchedulerDecision Decision) Report(IScheduler scheduler, Standing standing) =>
        scheduler.Reported(standing) is var next ? (next, next.Decide(standing)) : default;

    private static Standing At(int trial, int epoch, double before, double seconds, double best) => new(new TrialId(trial), epoch, best, best, best, seconds, before);
}
