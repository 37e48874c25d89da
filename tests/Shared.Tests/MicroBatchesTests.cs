using Sweep.Shared.Models;

namespace Sweep.Shared.Tests;

public sealed class MicroBatchesTests
{
    [Theory]
    [InlineData(8, 1, ModelFamily.Resnet, new[] { 8 })]
    [InlineData(8, 3, ModelFamily.Resnet, new[] { 3, 3, 2 })]
    [InlineData(7, 3, ModelFamily.Resnet, new[] { 3, 4 })]
    [InlineData(8, 100, ModelFamily.Resnet, new[] { 2, 2, 2, 2 })]
    [InlineData(3, 100, ModelFamily.MnistCnn, new[] { 1, 1, 1 })]
    [InlineData(1, 4, ModelFamily.Resnet, new[] { 1 })]
    public void A_batch_is_cut_into_equal_pieces_that_batch_norm_can_work_with(int images, int pieces, ModelFamily family, int[] expected)
    {
        var cut = MicroBatches.Cut(images, pieces, family);
        Assert.Equal(expected, Enumerable.Range(0, cut.Count).Select(cut.Length));
    }

    [Theory]
    [InlineData(1, ModelFamily.Resnet)]
    [InlineData(32, ModelFamily.Resnet)]
    [InlineData(33, ModelFamily.Resnet)]
    [InlineData(33, ModelFamily.MnistCnn)]
    public void Most_is_the_lowest_number_that_more_cannot_cut_finer(int images, ModelFamily family)
    {
        var most = MicroBatches.Most(images, family);
        Assert.Equal(MicroBatches.Cut(images, int.MaxValue, family), MicroBatches.Cut(images, most, family));
        Assert.True(most == 1 || MicroBatches.Cut(images, most - 1, family) != MicroBatches.Cut(images, most, family));
    }
}
