using Sweep.GpuWorker.Data;
using Sweep.Shared;
using Sweep.Shared.Datasets;

namespace Sweep.GpuWorker.Tests.Data;

public sealed class BatchLoaderTests
{
    private static readonly AugmentationSettings None = new();
    private static readonly ImageSet Images = new(
        new ImageShape(1, 1, 1), [.. Enumerable.Range(0, 100).Select(value => (byte)value)], [.. Enumerable.Range(0, 100).Select(value => (long)value)]);

    [Theory]
    [InlineData(100, 32, new[] { 32, 32, 32, 4 })]
    [InlineData(64, 32, new[] { 32, 32 })]
    [InlineData(65, 32, new[] { 32, 33 })]
    [InlineData(5, 32, new[] { 5 })]
    [InlineData(1, 32, new[] { 1 })]
    [InlineData(33, 32, new[] { 33 })]
    [InlineData(3, 1, new[] { 1, 1, 1 })]
    public void Batches_hold_every_image_and_no_batch_but_an_only_one_holds_a_single_image(int images, int batchSize, int[] lengths)
    {
        var plan = new BatchPlan(images, batchSize);
        Assert.Equal(lengths, Enumerable.Range(0, plan.Count).Select(plan.Length));
        Assert.Equal(lengths.Max(), plan.LargestBatch);
    }

    [Fact]
    public void In_order_every_image_comes_once_with_its_label()
    {
        var loader = Loader();
        Assert.Equal(Enumerable.Range(0, 100).Select(label => (long)label), Labels(loader.InOrder()));
        foreach (var batch in loader.InOrder())
            for (var item = 0; item < batch.Count; item++)
                Assert.Equal(batch.Labels[item] / 255f, batch.Pixels[item], 1e-6f);
    }

    [Fact]
    public void Each_epoch_has_its_own_order_and_always_the_same()
    {
        var loader = Loader();
        var first = Labels(loader.Shuffled(1, 1, None));
        Assert.Equal(first, Labels(loader.Shuffled(1, 1, None)));
        Assert.NotEqual(first, Labels(loader.Shuffled(1, 2, None)));
        Assert.NotEqual(first, Labels(loader.Shuffled(2, 1, None)));
        Assert.Equal(Enumerable.Range(0, 100).Select(label => (long)label), first.Order());
    }

    [Fact]
    public void A_batch_in_use_is_not_written_to()
    {
        foreach (var batch in Loader(batchSize: 2).InOrder())
        {
            var before = batch.Labels[0];
            Thread.Yield();
            Assert.Equal(before, batch.Labels[0]);
            Assert.Equal(batch.Number * 2L, before);
        }
    }

    [Fact]
    public void Leaving_early_ends_the_thread_and_the_loader_can_be_used_again()
    {
        var loader = Loader(batchSize: 2);
        Assert.Equal(0, loader.InOrder().First().Number);
        Assert.Equal(50, loader.InOrder().Count());
    }

    [Fact]
    public void A_failure_on_the_thread_reaches_the_caller()
    {
        var loader = new BatchLoader(Images, [0, 1, 1_000], 2, new Normalization([0], [1]));
        Assert.ThrowsAny<Exception>(() => loader.InOrder().Count());
    }

    [Fact]
    public void The_constants_of_the_digits_are_what_one_measures()
    {
        var (measured, known) = (Normalization.Measure(DigitsDataset.Read().Train), Normalization.Of(DatasetName.Digits));
        Assert.Equal(known.Mean[0], measured.Mean[0], 1e-4f);
        Assert.Equal(known.Deviation[0], measured.Deviation[0], 1e-4f);
    }

    private static BatchLoader Loader(int batchSize = 32) =>
        new(Images, [.. Enumerable.Range(0, 100)], batchSize, new Normalization([0], [1]));

    private static List<long> Labels(IEnumerable<Batch> batches) => [.. batches.SelectMany(batch => batch.Labels[..batch.Count])];
}
