using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Devices;
using Sweep.Shared;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Training;

/// <summary>Goes through some images, in batches of tensors on the device.</summary>
internal interface IBatchSource : IDisposable
{
    BatchPlan Plan { get; }

    /// <summary>All images as they are, in their order.</summary>
    IEnumerable<DeviceBatch> InOrder();

    /// <summary>All images in the epoch's own random order, augmented.</summary>
    /// <param name="seed">The trial's: with the epoch it addresses every draw.</param>
    /// <param name="from">The first batch wanted; those before it are skipped.</param>
    IEnumerable<DeviceBatch> Shuffled(long seed, int epoch, AugmentationSettings augmentation, int from = 0);
}

/// <summary>One batch. It is valid until the next one is asked for.</summary>
/// <param name="Number">Of the epoch's, from 0.</param>
/// <param name="Load">
/// Images × channels × height × width, normalised, with channels last in memory, and one label an image. Both belong to the caller's scope.
/// </param>
internal sealed record DeviceBatch(int Number, Func<(Tensor Images, Tensor Labels)> Load);

/// <summary>
/// Where batches come from: on a CPU they are prepared in C#, one ahead, which is faster than tensor operations; a GPU keeps the images
/// and prepares them itself, so that only their numbers travel.
/// </summary>
internal sealed class BatchSources(ComputeDevice device) : IDisposable
{
    private readonly Dictionary<ImageSet, ResidentImages> _resident = [];

    /// <param name="indices">The images to go through.</param>
    public IBatchSource Of(ImageSet images, int[] indices, int batchSize, Normalization normalization)
    {
        if (!device.IsCuda) return new HostBatches(new BatchLoader(images, indices, batchSize, normalization), images.Shape, device);
        if (!_resident.TryGetValue(images, out var resident)) _resident[images] = resident = new ResidentImages(images, device.Torch);
        return new ResidentBatches(resident, indices, batchSize, normalization);
    }

    public void Dispose()
    {
        foreach (var images in _resident.Values) images.Dispose();
    }
}
