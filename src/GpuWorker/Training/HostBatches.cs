using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Devices;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Training;

/// <summary>
/// A loader's batches as tensors. On a CPU the tensors are the loader's buffers themselves, elsewhere copies. The buffers hold channels last,
/// and so do the tensors' strides: convolutions run faster so, and every layer hands the order on.
/// </summary>
internal sealed class HostBatches(BatchLoader loader, ImageShape shape, ComputeDevice device) : IBatchSource
{
    private readonly Dictionary<Batch, (Tensor Images, Tensor Labels)> _aliases = [];

    public BatchPlan Plan => loader.Plan;

    public IEnumerable<DeviceBatch> InOrder() => loader.InOrder().Select(ToDevice);

    public IEnumerable<DeviceBatch> Shuffled(long seed, int epoch, AugmentationSettings augmentation, int from = 0) =>
        loader.Shuffled(seed, epoch, augmentation, from).Select(ToDevice);

    public void Dispose()
    {
        foreach (var (images, labels) in _aliases.Values)
        {
            images.Dispose();
            labels.Dispose();
        }
    }

    private DeviceBatch ToDevice(Batch batch) =>
        new(batch.Number, () =>
        {
            if (!_aliases.TryGetValue(batch, out var whole)) _aliases[batch] = whole = Alias(batch);
            return (
                whole.Images.narrow(0, 0, batch.Count).permute(0, 3, 1, 2).to(device.Torch),
                whole.Labels.narrow(0, 0, batch.Count).to(device.Torch));
        });

    private (Tensor Images, Tensor Labels) Alias(Batch batch)
    {
        using var scope = NewDisposeScope();
        return (
            from_array(batch.Pixels).view(-1, shape.Height, shape.Width, shape.Channels).DetachFromDisposeScope(),
            from_array(batch.Labels).DetachFromDisposeScope());
    }
}
