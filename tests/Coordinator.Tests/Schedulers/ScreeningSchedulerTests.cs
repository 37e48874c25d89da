using Sweep.Coordinator.Schedulers;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Schedulers;

public sealed class ScreeningSchedulerTests
{
    [Fact]
    public void The_first_trials_wait_at_a_rung_and_later_ones_train_on()
    {
        var last = Reported(trial: 27);
        var next = Reported(trial: 28);

        Assert.IsType<SchedulerDecision.Pause>(last.Decide(At(27)));
        Assert.IsType<SchedulerDecision.Continue>(next.Decide(At(28)));
    }

    [Fact]
    public void Replicates_are_screened_with_their_configuration() =>
        Assert.IsType<SchedulerDecision.Pause>(Reported(trial: 54, replicates: 2).Decide(At(54)));

    private static IScheduler Reported(int trial, int replicates = 1) =>
        new ScreeningScheduler(minEpochs: 1, maxEpochs: 27, factor: 3, replicates).Reported(At(trial));

    private static Standing At(int trial) => new(new TrialId(trial), 1, 0.5, 0.5);
}
