using Sweep.GpuWorker.Actors;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.GpuWorker.Tests.Actors;

public sealed class HeldAttemptTests
{
    private readonly HeldAttempt _attempt = new(new AttemptId(new SweepId("s"), new TrialId(1), 1));

    [Fact]
    public void Reports_stay_until_acknowledged_and_the_end_comes_after_the_last_of_them()
    {
        _attempt.EpochFinished(Report(1));
        _attempt.EpochFinished(Report(2));
        _attempt.Ended(AttemptEnding.Completed, null);
        Assert.Equal([1, 2], _attempt.Unacknowledged.Reports.Select(report => report.Epoch));
        Assert.Null(_attempt.Unacknowledged.End);

        _attempt.Acknowledge(1);
        Assert.Equal([2], _attempt.Unacknowledged.Reports.Select(report => report.Epoch));
        Assert.Null(_attempt.Unacknowledged.End);

        _attempt.Acknowledge(2);
        Assert.Empty(_attempt.Unacknowledged.Reports);
        Assert.Equal(AttemptEnding.Completed, _attempt.Unacknowledged.End?.Ending);
    }

    [Fact]
    public void A_lost_attempt_forgets_its_reports_and_still_says_that_it_has_ended()
    {
        _attempt.EpochFinished(Report(1));
        _attempt.ForgetReports();
        _attempt.Ended(AttemptEnding.Stopped, null);
        Assert.Empty(_attempt.Unacknowledged.Reports);
        Assert.Equal(AttemptEnding.Stopped, _attempt.Unacknowledged.End?.Ending);
    }

    [Fact]
    public void Whatever_is_new_is_told_at_once()
    {
        var told = 0;
        _attempt.Changed = () => told++;
        _attempt.EpochFinished(Report(1));
        _attempt.Ended(AttemptEnding.Completed, null);
        Assert.Equal(2, told);
    }

    internal static EpochReport Report(int epoch) => new(epoch, 1, 0.5, new Evaluation(1, 0.5), new Evaluation(1, 0.5), 0.1, 1, 100);
}
