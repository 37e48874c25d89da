using Microsoft.Extensions.Time.Testing;
using Sweep.GpuWorker.Training;

namespace Sweep.GpuWorker.Tests.Training;

public sealed class StallWatchTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<TimeSpan> _stalls = [];

    [Fact]
    public void Before_the_first_batch_nothing_is_too_long()
    {
        using var watch = new StallWatch(_time, _stalls.Add);
        _time.Advance(TimeSpan.FromHours(3));
        Assert.Empty(_stalls);
    }

    [Theory]
    [InlineData(0.1, 60)]
    [InlineData(3, 60)]
    [InlineData(30, 600)]
    public void A_batch_may_take_a_minute_and_twenty_times_the_slowest(double slowest, double limit)
    {
        using var watch = new StallWatch(_time, _stalls.Add);
        watch.Beat();
        _time.Advance(TimeSpan.FromSeconds(slowest));
        watch.Beat();
        _time.Advance(TimeSpan.FromSeconds(0.05));
        watch.Beat();
        _time.Advance(TimeSpan.FromSeconds(limit));
        Assert.Empty(_stalls);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Single(_stalls);
    }

    [Fact]
    public void It_says_so_once()
    {
        using var watch = new StallWatch(_time, _stalls.Add);
        watch.Beat();
        _time.Advance(TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Single(_stalls);
    }

    [Fact]
    public void What_has_ended_is_not_watched()
    {
        var watch = new StallWatch(_time, _stalls.Add);
        watch.Beat();
        watch.Dispose();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(_stalls);
    }
}
