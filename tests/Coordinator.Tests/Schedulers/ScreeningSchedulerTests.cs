using Sweep.Coordinator.Schedulers;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Schedulers;

public sealed class ScreeningSchedulerTests
{
    [Theory]
    [InlineData(27, 5, true)]
    [InlineData(28, 5, false)]
    [InlineData(40, 40, true)]
    [InlineData(41, 40, false)]
    [InlineData(1_000, null, true)]
    public void The_first_trials_wait_at_a_rung_and_so_do_those_that_begin_before_anything_is_known(int trial, int? informedAt, bool waits) =>
        AssertWaits(waits, trial, informedAt);

    [Fact]
    public void Half_of_the_sweep_is_never_screened()
    {
        AssertWaits(true, trial: 50, informedAt: null, configurations: 100);
        AssertWaits(false, trial: 51, informedAt: null, configurations: 100);
        AssertWaits(true, trial: 27, informedAt: null, configurations: 30);
    }

    [Fact]
    public void Replicates_are_screened_with_their_configuration()
    {
        AssertWaits(true, trial: 54, informedAt: 10, replicates: 2);
        AssertWaits(false, trial: 55, informedAt: 10, replicates: 2);
        AssertWaits(true, trial: 100, informedAt: null, replicates: 2, configurations: 100);
        AssertWaits(false, trial: 101, informedAt: null, replicates: 2, configurations: 100);
    }

    private static void AssertWaits(bool waits, int trial, int? informedAt, int replicates = 1, int? configurations = null)
    {
        IScheduler scheduler = new ScreeningScheduler(minEpochs: 1, maxEpochs: 27, factor: 3, replicates, configurations);
        if (informedAt is { } trials) scheduler = scheduler.Informed(trials);
        Assert.Equal(waits, scheduler.Reported(At(trial)).Decide(At(trial)) is SchedulerDecision.Pause);
    }

    private static Standing At(int trial) => new(new TrialId(trial), 1, 0.5, 0.5);
}
