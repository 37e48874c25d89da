using Sweep.GpuWorker.Data;

namespace Sweep.GpuWorker.Tests.Data;

public sealed class StratifiedSplitTests
{
    /// <summary>1,000 images of class 0, 500 of class 1, 250 of class 2, mixed.</summary>
    private static readonly long[] Labels = [.. Enumerable.Range(0, 1_750).Select(image => image % 7 < 4 ? 0L : image % 7 < 6 ? 1L : 2L)];

    [Fact]
    public void Every_image_is_in_exactly_one_part()
    {
        var split = StratifiedSplit.Of(Labels, 3, 0.1, null, seed: 1);
        Assert.Equal(Enumerable.Range(0, Labels.Length), split.Train.Concat(split.Validation).Order());
    }

    [Fact]
    public void Every_class_has_its_share_of_each_part()
    {
        var split = StratifiedSplit.Of(Labels, 3, 0.1, 700, seed: 1);
        Assert.Equal([40, 20, 10], Counts(split.Validation));
        Assert.Equal([360, 180, 90], Counts(split.Train));
    }

    [Fact]
    public void The_limit_counts_validation_images_in()
    {
        var split = StratifiedSplit.Of(Labels, 3, 0.25, 101, seed: 1);
        Assert.Equal(101, split.Train.Length + split.Validation.Length);
        Assert.Equal(25, split.Validation.Length);
    }

    [Fact]
    public void What_rounding_leaves_goes_to_the_largest_remainders() =>
        Assert.Equal([6, 3, 1], Counts(StratifiedSplit.OfTest(Labels, 3, 10, seed: 1)));

    [Fact]
    public void The_same_seed_gives_the_same_split_and_another_gives_another()
    {
        var split = StratifiedSplit.Of(Labels, 3, 0.1, 700, seed: 1);
        Assert.Equal(split.Validation, StratifiedSplit.Of(Labels, 3, 0.1, 700, seed: 1).Validation);
        Assert.NotEqual(split.Validation, StratifiedSplit.Of(Labels, 3, 0.1, 700, seed: 2).Validation);
    }

    [Fact]
    public void A_fraction_of_zero_holds_out_none() => Assert.Empty(StratifiedSplit.Of(Labels, 3, 0, null, seed: 1).Validation);

    [Fact]
    public void A_small_fraction_holds_out_one_image() => Assert.Single(StratifiedSplit.Of(Labels, 3, 0.0001, null, seed: 1).Validation);

    [Fact]
    public void A_limit_above_the_number_of_images_takes_them_all() =>
        Assert.Equal(Labels.Length, StratifiedSplit.OfTest(Labels, 3, 1_000_000, seed: 1).Length);

    private static int[] Counts(int[] indices) =>
        [.. Enumerable.Range(0, 3).Select(class_ => indices.Count(index => Labels[index] == class_))];
}
