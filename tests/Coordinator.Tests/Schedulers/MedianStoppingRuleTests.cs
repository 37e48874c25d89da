using Sweep.Coordinator.Schedulers;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Schedulers;

public sealed class MedianStoppingRuleTests
{
    private IScheduler _scheduler = new MedianStoppingRule(minEpochs: 2);

    [Fact]
    public void A_trial_whose_best_is_below_the_median_of_the_others_means_stops()
    {
        Others(0.1, 0.2, 0.3, 0.4, 0.5);
        Assert.IsType<SchedulerDecision.Stop>(Decide(best: 0.29));
        Assert.IsType<SchedulerDecision.Continue>(Decide(best: 0.30));
    }

    [Fact]
    public void Fewer_than_five_others_stop_nobody()
    {
        Others(0.5, 0.5, 0.5, 0.5);
        Assert.IsType<SchedulerDecision.Continue>(Decide(best: 0.1));
    }

    [Fact]
    public void Nobody_stops_before_min_epochs()
    {
        for (var other = 1; other <= 9; other++) _scheduler = _scheduler.Reported(new Standing(new TrialId(other), 1, 0.9, 0.9));
        var standing = new Standing(new TrialId(10), 1, 0.1, 0.1);
        Assert.IsType<SchedulerDecision.Continue>(_scheduler.Reported(standing).Decide(standing));
    }

    [Fact]
    public void Its_own_mean_has_no_part_in_the_median()
    {
        Others(0.5, 0.5, 0.5, 0.5, 0.5);
        Assert.IsType<SchedulerDecision.Stop>(Decide(best: 0.49, mean: 0.01));
    }

    private void Others(params double[] means)
    {
        for (var other = 0; other < means.Length; other++)
            _scheduler = _scheduler.Reported(new Standing(new TrialId(other + 1), 4, means[other] + 0.3, means[other]));
    }

    private SchedulerDecision Decide(double best, double mean = 0.05)
    {
        var standing = new Standing(new TrialId(100), 4, best, mean);
        return _scheduler.Reported(standing).Decide(standing);
    }
}
