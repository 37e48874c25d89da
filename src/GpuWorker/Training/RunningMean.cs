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
    public RunningMean(Device device)
    {
        // Double: a float sum over 50,000 images would lose what the last epochs gain.
        _lossSum = zeros(1, dtype: ScalarType.Float64, device: device);
        _correct = zeros(1, dtype: ScalarType.Int64, device: device);
    }

    /// <param name="loss">The batch's mean loss.</param>
    /// <param name="logits">Images × classes.</param>
    /// <param name="labels">One class an image.</param>
    public void Add(Tensor loss, Tensor logits, Tensor labels)
    {
        var images = labels.shape[0];
        _lossSum.add_(loss.detach().to(ScalarType.Float64), alpha: images);
        _correct.add_(logits.detach().argmax(1).eq(labels).sum());
        _images += images;
    }

    /// <summary>Means over all images; waits for the device.</summary>
    public Evaluation Read() => new(_lossSum.item<double>() / _images, (double)_correct.item<long>() / _images);

    public void Dispose()
    {
        _lossSum.Dispose();
        _correct.Dispose();
    }
}
