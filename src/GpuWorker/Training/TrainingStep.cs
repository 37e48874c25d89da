using Sweep.GpuWorker.Kernels;
using Sweep.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Training;

/// <summary>One step of gradient descent; sweeps and replays take the same.</summary>
internal static class TrainingStep
{
    /// <summary>Forward, mean cross-entropy, backward, update. Call it in a dispose scope of its own.</summary>
    /// <param name="images">Images × channels × height × width.</param>
    /// <param name="labels">One class an image.</param>
    /// <returns>The loss and the logits (images × classes) from before the update; they belong to the caller's scope.</returns>
    public static (Tensor Loss, Tensor Logits) Take(
        nn.Module<Tensor, Tensor> network, torch.optim.Optimizer optimizer, Tensor images, Tensor labels, double labelSmoothing = 0)
    {
        network.zero_grad();
        var logits = network.call(images);
        var loss = nn.functional.cross_entropy(logits, labels, label_smoothing: labelSmoothing);
        ManagedBackward.Run(loss);
        optimizer.step();
        return (loss, logits);
    }

    /// <summary>
    /// The same step in less memory: one micro-batch after the other, each weighted by its share of the images, so that the gradients add
    /// up to the whole batch's. Batch norm alone sees the difference: it normalises each micro-batch by itself.
    /// </summary>
    /// <param name="microBatches">How the images are cut.</param>
    /// <returns>As the whole batch's, without a graph.</returns>
    public static (Tensor Loss, Tensor Logits) TakeAccumulated(
        nn.Module<Tensor, Tensor> network, torch.optim.Optimizer optimizer, Tensor images, Tensor labels, BatchPlan microBatches, double labelSmoothing = 0)
    {
        network.zero_grad();
        var losses = new List<Tensor>();
        var logits = new List<Tensor>();
        for (var number = 0; number < microBatches.Count; number++)
        {
            using var scope = NewDisposeScope();
            var (start, length) = (microBatches.Start(number), microBatches.Length(number));
            var output = network.call(images.narrow(0, start, length));
            var mean = nn.functional.cross_entropy(output, labels.narrow(0, start, length), label_smoothing: labelSmoothing);
            var loss = mean * tensor((double)length / microBatches.Images, dtype: mean.dtype, device: mean.device);
            ManagedBackward.Run(loss);
            losses.Add(loss.detach().MoveToOuterDisposeScope());
            logits.Add(output.detach().MoveToOuterDisposeScope());
        }
        optimizer.step();
        return (stack(losses).sum(), cat(logits));
    }
}
