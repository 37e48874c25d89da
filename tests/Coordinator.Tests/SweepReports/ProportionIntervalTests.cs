using Sweep.Coordinator.SweepReports;

namespace Sweep.Coordinator.Tests.SweepReports;

public sealed class ProportionIntervalTests
{
    /// <summary>Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Wilsons_interval_is_that_of_the_published_examples(int right, int count, double low, double high)
    {
        var interval = ProportionInterval.Wilson((double)right / count, count);
        Assert.Equal(low, interval.Low, 0.00005);
        Assert.Equal(high, interval.High, 0.00005);
    }

    [Fact]
    public void Where_every_image_was_right_the_interval_still_has_a_width()
    {
        var interval = ProportionInterval.Wilson(1, 100);
        Assert.Equal(1, interval.High);
        Assert.InRange(interval.Low, 0.95, 0.97);
    }

    /// <summary>Newcombe 1998, "Interval estimation for the difference", table II, method 10: 56/70 and 48/80 differ (0.0524 to 0.3339); 9/10 and 3/10 do; 10/10 and 9/10 may not.</summary>
    [Theory]
    [InlineData(56, 70, 48, 80, false)]
    [InlineData(9, 10, 3, 10, false)]
    [InlineData(10, 10, 9, 10, true)]
    [InlineData(500, 1000, 510, 1000, true)]
    public void Shares_are_told_apart_where_the_interval_of_their_difference_does_not_hold_0(int right, int of, int otherRight, int otherOf, bool cannot)
    {
        var (one, other) = (ProportionInterval.Wilson((double)right / of, of), ProportionInterval.Wilson((double)otherRight / otherOf, otherOf));
        Assert.Equal(cannot, one.CannotBeToldFrom(other));
        Assert.Equal(cannot, other.CannotBeToldFrom(one));
    }
}
