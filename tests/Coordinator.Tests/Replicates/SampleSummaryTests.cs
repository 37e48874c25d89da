using Sweep.Coordinator.Replicates;

namespace Sweep.Coordinator.Tests.Replicates;

public sealed class SampleSummaryTests
{
    [Fact]
    public void The_deviation_divides_by_one_less_than_the_count()
    {
        var summary = SampleSummary.Of([2, 4, 4, 4, 5, 5, 7, 9]);
        Assert.Equal((8, 5.0), (summary.Count, summary.Mean));
        Assert.Equal(Math.Sqrt(32.0 / 7), summary.StandardDeviation!.Value, precision: 12);
    }

    [Fact]
    public void One_measurement_has_a_mean_and_no_deviation() => Assert.Equal(new SampleSummary(1, 3, null), SampleSummary.Of([3]));

    [Fact]
    public void No_measurement_has_neither() => Assert.Equal(new SampleSummary(0, null, null), SampleSummary.Of([]));
}
