using Sweep.Coordinator.Schedulers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Schedulers;

public sealed class PbtSchedulerTests
{
    private const int Members = 10, Epochs = 6, Interval = 2;

    private IScheduler _scheduler = new PbtScheduler(new PopulationSettings(Members, Interval), Epochs, seed: 1);

    [Fact]
    public void A_member_that_is_ready_waits_for_the_others()
    {
        Assert.IsType<SchedulerDecision.Continue>(Report(1, epoch: 1, 0.5));
        Assert.Equal("ready after 2 epochs, as 1 of 10 are", Assert.IsType<SchedulerDecision.Pause>(Report(1, epoch: 2, 0.5)).Reason);
    }

    [Fact]
    public void Below_half_of_the_population_nobody_goes_on_and_from_there_a_free_worker_need_not_idle()
    {
        for (var trial = 1; trial <= 4; trial++) Arrive(trial, epoch: 2, 0.1 * trial);
        Assert.Null(_scheduler.NextToPromote(isSearchOver: false));
        Assert.Equal(new TrialId(1), _scheduler.NextToPromote(isSearchOver: true));

        Arrive(5, epoch: 2, 0.9);
        Assert.Equal(new TrialId(1), _scheduler.NextToPromote(isSearchOver: false));
    }

    [Fact]
    public void A_generation_that_is_whole_goes_before_an_older_one_that_is_not()
    {
        for (var trial = 1; trial <= Members; trial++) Arrive(trial, epoch: 2, 0.1);
        for (var trial = 1; trial <= 5; trial++) Leave(trial, epoch: 2);
        for (var trial = 1; trial <= 5; trial++) Arrive(trial, epoch: 4, 0.1);

        Assert.Equal(new TrialId(6), _scheduler.NextToPromote(isSearchOver: false));
    }

    [Fact]
    public void The_worst_fifth_copies_one_of_the_best_fifth_and_nobody_else_does()
    {
        for (var trial = 1; trial <= Members; trial++) Arrive(trial, epoch: 2, 0.05 * trial);

        for (var trial = 1; trial <= Members; trial++)
        {
            var source = _scheduler.SourceOf(At(trial, epoch: 2, 0.05 * trial));
            if (trial <= 2) Assert.InRange(source!.Value.Number, 9, 10);
            else Assert.Null(source);
        }
    }

    [Fact]
    public void The_last_to_arrive_trains_on_at_once_unless_it_is_among_the_worst()
    {
        for (var trial = 1; trial < Members; trial++) Arrive(trial, epoch: 2, 0.05 * trial);
        var before = _scheduler;

        Assert.IsType<SchedulerDecision.Continue>(Report(10, epoch: 2, 0.3));
        _scheduler = before;
        Assert.Equal("place 10 of 10 after 2 epochs, to go on as one of the best 2", Assert.IsType<SchedulerDecision.Pause>(Report(10, epoch: 2, 0)).Reason);
        _scheduler = before;
        Assert.IsType<SchedulerDecision.Pause>(Report(10, epoch: 2, double.NegativeInfinity));
    }

    [Fact]
    public void What_counts_is_the_newest_value_and_not_the_best()
    {
        for (var trial = 1; trial < Members; trial++) Arrive(trial, epoch: 2, 0.5);
        var fallen = new Standing(new TrialId(10), 2, Best: 0.9, Mean: 0.5, Latest: 0.1);
        _scheduler = _scheduler.Reported(fallen);

        Assert.NotNull(_scheduler.SourceOf(fallen));
    }

    [Fact]
    public void Members_that_have_ended_on_the_way_are_not_waited_for()
    {
        for (var trial = 1; trial <= 3; trial++) _scheduler = _scheduler.Ended(new TrialId(trial));
        for (var trial = 4; trial < Members; trial++) Arrive(trial, epoch: 2, 0.05 * trial);
        Assert.IsType<SchedulerDecision.Continue>(Report(10, epoch: 2, 0.9));

        // One that ended later had come as far, and takes part: its checkpoint is there.
        _scheduler = _scheduler.Ended(new TrialId(10));
        Assert.NotNull(_scheduler.SourceOf(At(4, epoch: 2, 0.2)));
    }

    [Fact]
    public void Nobody_pauses_at_the_end() => Assert.IsType<SchedulerDecision.Continue>(Report(1, Epochs, 0.5));

    private SchedulerDecision Report(int trial, int epoch, double value)
    {
        _scheduler = _scheduler.Reported(At(trial, epoch, value));
        return _scheduler.Decide(At(trial, epoch, value));
    }

    private void Arrive(int trial, int epoch, double value)
    {
        Report(trial, epoch, value);
        _scheduler = _scheduler.Paused(At(trial, epoch, value));
    }

    private void Leave(int trial, int epoch) => _scheduler = _scheduler.Left(At(trial, epoch, 0));

    private static Standing At(int trial, int epoch, double value) => new(new TrialId(trial), epoch, value, value, value);
}
