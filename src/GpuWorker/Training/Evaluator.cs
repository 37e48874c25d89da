using Sweep.GpuWorker.Devices;
using Sweep.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Training;

/// <summary>Scores a network on images as they are.</summary>
internal static class Evaluator
{
    /// <summary>Large enough to keep a device busy, small enough for a CPU's cache.</summary>
    public const int BatchSize = 256;

    /// <summary>Mean loss and accuracy over all images; leaves the network in evaluation mode.</summary>
    /// <param name="network">On <paramref name="device"/>.</param>
    /// <param name="images">On the same device.</param>
    /// <param name="batchDone">Called after each batch; null for nobody.</param>
    /// <exception cref="OperationCanceledException">Cancelled; noticed at the next batch.</exception>
    public static Evaluation Evaluate(
        nn.Module<Tensor, Tensor> network, IBatchSource images, ComputeDevice device, Action? batchDone = null, CancellationToken cancellation = default)
    {
        using var noGradients = inference_mode();
        using var mean = new RunningMean(device.Torch);
        network.eval();
        foreach (var batch in images.InOrder())
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (input, labels) = batch.Load();
            var logits = network.call(input);
            mean.Add(nn.functional.cross_entropy(logits, labels), logits, labels);
            batchDone?.Invoke();
        }
        return mean.Read();
    }
}
