using Sweep.GpuWorker.Kernels;
using Sweep.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Training;

/// <summary>Loss and accuracy over many batches, summed on the device: reading a number stalls it, so that happens once, at the end.</summary>
internal sealed class RunningMean : IDisposable
{
    private readonly Tensor _lossSum;
    private readonly Tensor _correct;
    private long _images;

    /// <remarks>Call it outside any scope that ends before the sums are read.</remarks>
    /// <param name="from">What was summed before; null for nothing.</param>
    public RunningMean(Device device, PartialEpoch? from = null)
    {
        from ??= PartialEpoch.None;
        // Double: a float sum over 50,000 images would lose what the last epochs gain.
        _lossSum = tensor([from.LossSum], dtype: ScalarType.Float64, device: device);
        _correct = tensor([from.Correct], dtype: ScalarType.Int64, device: device);
        _images = from.Images;
    }

    /// <param name="loss">The batch's mean loss.</param>
    /// <param name="logits">Images × classes.</param>
    /// <param name="labels">One class an image.</param>
    public void Add(Tensor loss, Tensor logits, Tensor labels)
    {
        var images = labels.shape[0];
        _lossSum.Increase(loss.detach().to(ScalarType.Float64), times: images);
        _correct.Increase(logits.detach().argmax(1).eq(labels).sum());
        _images += images;
    }

    /// <summary>Means over all images; waits for the device.</summary>
    public Evaluation Read() => new(_lossSum.item<double>() / _images, (double)_correct.item<long>() / _images);

    /// <summary>The sums themselves; waits for the device.</summary>
    public PartialEpoch Sums(int batches, double seconds) => new(batches, _lossSum.item<double>(), _correct.item<long>(), _images, seconds);

    public void Dispose()
    {
        _lossSum.Dispose();
        _correct.Dispose();
    }
}
