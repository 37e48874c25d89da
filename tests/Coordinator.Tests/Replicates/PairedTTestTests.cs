using Sweep.Coordinator.Replicates;

namespace Sweep.Coordinator.Tests.Replicates;

public sealed class PairedTTestTests
{
    /// <summary>Student (1908), table of additional hours of sleep; as computed there and in any textbook: t = 4.06, p = 0.0028.</summary>
    [Fact]
    public void Students_own_example_has_its_known_p_value()
    {
        var test = PairedTTest.Of([1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]);
        Assert.Equal(10, test.Pairs);
        Assert.Equal(1.58, test.MeanDifference!.Value, precision: 12);
        Assert.Equal(0.002833, test.PValue!.Value, precision: 6);
        Assert.True(test.TellsApart);
    }

    /// <summary>With one degree of freedom p = 1 − 2/π · arctan t, and here t = 2.</summary>
    [Fact]
    public void Two_pairs_have_the_p_value_of_the_Cauchy_distribution() =>
        Assert.Equal(1 - 2 / Math.PI * Math.Atan(2), PairedTTest.Of([1, 3]).PValue!.Value, precision: 12);

    /// <summary>With two degrees of freedom p = 1 − t / √(2 + t²), and here t² = 12.</summary>
    [Fact]
    public void Three_pairs_have_the_p_value_of_two_degrees_of_freedom()
    {
        var test = PairedTTest.Of([0.02, 0.01, 0.03]);
        Assert.Equal(1 - Math.Sqrt(12.0 / 14), test.PValue!.Value, precision: 9);
        Assert.False(test.TellsApart);
    }

    [Fact]
    public void The_order_of_the_two_does_not_matter() =>
        Assert.Equal(PairedTTest.Of([0.1, 0.3, 0.2]).PValue!.Value, PairedTTest.Of([-0.1, -0.3, -0.2]).PValue!.Value, precision: 12);

    [Fact]
    public void Equal_results_cannot_be_told_apart()
    {
        var test = PairedTTest.Of([0, 0, 0]);
        Assert.Equal((1.0, false), (test.PValue, test.TellsApart));
    }

    [Fact]
    public void One_pair_or_none_is_no_test()
    {
        Assert.Equal(new PairedTTest(1, 0.5, null), PairedTTest.Of([0.5]));
        Assert.Equal(new PairedTTest(0, null, null), PairedTTest.Of([]));
        Assert.Null(PairedTTest.Of([0.5]).TellsApart);
    }

    [Fact]
    public void The_same_difference_in_every_pair_says_nothing_of_its_spread() => Assert.Null(PairedTTest.Of([0.3 - 0.2, 0.2 - 0.1, 0.1]).PValue);
}
