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
        loss.backward();
        optimizer.step();
        return (loss, logits);
    }
}
