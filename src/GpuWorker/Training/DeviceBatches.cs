using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Devices;
using Sweep.Shared.Datasets;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Training;

/// <summary>
/// Batches as tensors. On a CPU the tensors are the loader's buffers themselves, on a GPU copies. The buffers hold channels last, and so
/// do the tensors' strides: convolutions run faster so, and every layer hands the order on.
/// </summary>
internal sealed class DeviceBatches(ComputeDevice device, ImageShape shape) : IDisposable
{
    private readonly Dictionary<Batch, (Tensor Images, Tensor Labels)> _aliases = [];

    /// <summary>Images × channels × height × width, and one label an image. Both belong to the caller's scope, and are valid as long as the batch.</summary>
    public (Tensor Images, Tensor Labels) Of(Batch batch)
    {
        if (!_aliases.TryGetValue(batch, out var whole)) _aliases[batch] = whole = Alias(batch);
        return (
            whole.Images.narrow(0, 0, batch.Count).permute(0, 3, 1, 2).to(device.Torch),
            whole.Labels.narrow(0, 0, batch.Count).to(device.Torch));
    }

    public void Dispose()
    {
        foreach (var (images, labels) in _aliases.Values)
        {
            images.Dispose();
            labels.Dispose();
        }
    }

    private (Tensor Images, Tensor Labels) Alias(Batch batch)
    {
        using var scope = NewDisposeScope();
        return (
            from_array(batch.Pixels).view(-1, shape.Height, shape.Width, shape.Channels).DetachFromDisposeScope(),
            from_array(batch.Labels).DetachFromDisposeScope());
    }
}
