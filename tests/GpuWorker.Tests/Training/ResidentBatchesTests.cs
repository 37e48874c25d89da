using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using TorchSharp;

namespace Sweep.GpuWorker.Tests.Training;

/// <summary>What a GPU does with its images, on the CPU's tensors, against what the CPU does in C#.</summary>
[Collection(Torch.Collection)]
public sealed class ResidentBatchesTests(Torch torch)
{
    private static readonly ImageShape Shape = new(3, 9, 7);
    private static readonly Normalization Normalization = new([0.4f, 0.5f, 0.6f], [0.2f, 0.25f, 0.3f]);

    public static TheoryData<AugmentationSettings> Augmentations =>
    [
        new AugmentationSettings(),
        new AugmentationSettings(Enabled: true, CropPadding: 3, HorizontalFlip: true),
        new AugmentationSettings(Enabled: true, CropPadding: 2, HorizontalFlip: true, Cutout: 4),
        new AugmentationSettings(Enabled: true, CropPadding: 2, HorizontalFlip: true, RotationDegrees: 25, Cutout: 3),
    ];

    [Theory]
    [MemberData(nameof(Augmentations))]
    public void Batches_are_those_of_the_loader(AugmentationSettings augmentation)
    {
        // A rotated pixel is a sum, which may be added in another order.
        var tolerance = augmentation.RotationDegrees > 0 ? 1e-4 : 0;
        WithBoth((host, resident) =>
        {
            foreach (var epoch in new[] { 1, 2 })
                AssertSame(host.Shuffled(5, epoch, augmentation), resident.Shuffled(5, epoch, augmentation), tolerance);
        });
    }

    [Fact]
    public void In_order_they_are_too() => WithBoth((host, resident) => AssertSame(host.InOrder(), resident.InOrder(), 0));

    [Fact]
    public void An_epoch_can_begin_at_any_batch() =>
        WithBoth((host, resident) => AssertSame(host.Shuffled(5, 1, new(), from: 2), resident.Shuffled(5, 1, new(), from: 2), 0));

    private void WithBoth(Action<IBatchSource, IBatchSource> compare)
    {
        var random = new Random(3);
        var pixels = new byte[40 * Shape.Pixels];
        random.NextBytes(pixels);
        var images = new ImageSet(Shape, pixels, [.. Enumerable.Range(0, 40).Select(label => (long)label)]);
        int[] indices = [.. Enumerable.Range(0, 40).Where(image => image % 4 != 0)];
        using var host = new HostBatches(new BatchLoader(images, indices, 8, Normalization), Shape, torch.Device);
        using var resident = new ResidentImages(images, torch.Device.Torch);
        using var batches = new ResidentBatches(resident, indices, 8, Normalization);
        compare(host, batches);
    }

    private static void AssertSame(IEnumerable<DeviceBatch> expected, IEnumerable<DeviceBatch> actual, double tolerance)
    {
        using var second = actual.GetEnumerator();
        foreach (var batch in expected)
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            Assert.True(second.MoveNext());
            Assert.Equal(batch.Number, second.Current.Number);
            var ((images, labels), (otherImages, otherLabels)) = (batch.Load(), second.Current.Load());
            Assert.True(labels.HasValuesOf(otherLabels));
            Assert.Equal(images.shape, otherImages.shape);
            Assert.Equal(images.stride(), otherImages.stride());
            Assert.True((images - otherImages).abs().max().item<float>() <= tolerance);
        }
        Assert.False(second.MoveNext());
    }
}
