using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Training;

/// <summary>What <see cref="Trainer"/> carries from batch to batch, as plain data.</summary>
/// <param name="Epoch">The part of the next epoch that is trained already.</param>
/// <param name="Network">Weights and buffers, batch norm's statistics and counters among them, by their names.</param>
/// <param name="Optimizer">Momentum or moments, by <see cref="SavedOptimizer"/>.</param>
public sealed record TrainingState(PartialEpoch Epoch, IReadOnlyList<SavedTensor> Network, IReadOnlyList<SavedTensor> Optimizer)
{
    /// <summary>Copies; nothing of it changes as the training goes on.</summary>
    internal static TrainingState Of(PartialEpoch epoch, nn.Module network, torch.optim.Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        return new TrainingState(
            epoch,
            [.. network.state_dict().Select(entry => SavedTensor.Of(entry.Key, entry.Value))],
            [.. SavedOptimizer.Of(optimizer)]);
    }

    /// <exception cref="InvalidDataException">The state is not one of such a network and optimiser.</exception>
    internal void CopyTo(nn.Module network, torch.optim.Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var saved = Network.ToDictionary(tensor => tensor.Name);
        var targets = network.state_dict();
        if (!saved.Keys.ToHashSet().SetEquals(targets.Keys)) throw new InvalidDataException("the checkpoint is of another network");
        foreach (var (name, target) in targets) saved[name].CopyTo(target);
        SavedOptimizer.Restore(optimizer, Optimizer);
    }
}

/// <summary>The sums of an epoch that is trained in part.</summary>
/// <param name="Batches">How many are trained.</param>
/// <param name="LossSum">Over all images.</param>
/// <param name="Seconds">That the training took.</param>
public sealed record PartialEpoch(int Batches, double LossSum, long Correct, long Images, double Seconds)
{
    public static readonly PartialEpoch None = new(0, 0, 0, 0, 0);
}

/// <summary>A tensor as bytes, row by row.</summary>
public sealed record SavedTensor(string Name, ScalarType Type, IReadOnlyList<long> Shape, byte[] Bytes)
{
    public static SavedTensor Of(string name, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return new SavedTensor(name, tensor.dtype, tensor.shape, tensor.detach().cpu().contiguous().bytes.ToArray());
    }

    public static SavedTensor Of(string name, long number) => new(name, ScalarType.Int64, [], BitConverter.GetBytes(number));

    public long ToNumber() => BitConverter.ToInt64(Bytes);

    /// <summary>Every bit, whatever the order of the target's elements in memory.</summary>
    /// <exception cref="InvalidDataException">The target is of another type or shape.</exception>
    public void CopyTo(Tensor target)
    {
        if (target.dtype != Type || !target.shape.SequenceEqual(Shape))
            throw new InvalidDataException($"the checkpoint's {Name} has type {Type} and shape [{string.Join(", ", Shape)}], and the network's another");
        using var scope = NewDisposeScope();
        var source = empty([.. Shape], dtype: Type);
        source.bytes = Bytes;
        target.copy_(source);
    }
}
