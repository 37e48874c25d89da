using Sweep.Coordinator.Views;

namespace Sweep.Coordinator.Tests.Views;

public sealed class EpochRateTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Epochs_of_the_last_minute_count_and_older_ones_do_not()
    {
        var rate = new EpochRate();
        Assert.Equal(0, rate.At(Start));
        for (var second = 0; second < 10; second++)
        {
            rate.Add(Start + TimeSpan.FromSeconds(second));
            rate.Add(Start + TimeSpan.FromSeconds(second));
        }
        Assert.Equal(2, rate.At(Start + TimeSpan.FromSeconds(9)));
        Assert.Equal(20 / 60.0, rate.At(Start + TimeSpan.FromSeconds(59)));
        Assert.Equal(10 / 60.0, rate.At(Start + TimeSpan.FromSeconds(64)));
        Assert.Equal(0, rate.At(Start + TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Epochs_count_before_anybody_has_asked()
    {
        var rate = new EpochRate();
        rate.Add(Start);
        rate.Add(Start);
        Assert.Equal(2, rate.At(Start));
    }
}
