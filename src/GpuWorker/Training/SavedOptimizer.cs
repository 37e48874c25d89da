using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Training;

/// <summary>
/// What an optimiser remembers of the steps before. TorchSharp's own <c>load_state_dict</c> fails on a momentum buffer that does not
/// exist before the first step.
/// </summary>
internal static class SavedOptimizer
{
    public static IEnumerable<SavedTensor> Of(torch.optim.Optimizer optimizer) =>
        Entries(optimizer).SelectMany(entry => entry.State switch
        {
            SGD.State sgd => Present(SavedName(entry.Index, "momentum"), sgd.momentum_buffer),
            Adam.State adam => Moments(entry.Index, adam.step, adam.exp_avg, adam.exp_avg_sq),
            AdamW.State adam => Moments(entry.Index, adam.step, adam.exp_avg, adam.exp_avg_sq),
            var other => throw new ArgumentException($"unknown optimiser state {other.GetType()}", nameof(optimizer)),
        });

    /// <exception cref="InvalidDataException">The state is not one of such an optimiser.</exception>
    public static void Restore(torch.optim.Optimizer optimizer, IReadOnlyList<SavedTensor> state)
    {
        var saved = state.ToDictionary(tensor => tensor.Name);
        foreach (var (index, parameter, target) in Entries(optimizer))
            switch (target)
            {
                case SGD.State sgd:
                    if (saved.TryGetValue(SavedName(index, "momentum"), out var momentum)) sgd.momentum_buffer = LaidOutAs(parameter, momentum);
                    break;
                case Adam.State adam:
                    adam.step = RestoreMoments(saved, index, adam.exp_avg, adam.exp_avg_sq);
                    break;
                case AdamW.State adam:
                    adam.step = RestoreMoments(saved, index, adam.exp_avg, adam.exp_avg_sq);
                    break;
                default:
                    throw new ArgumentException($"unknown optimiser state {target.GetType()}", nameof(optimizer));
            }
    }

    private static IEnumerable<(int Index, Parameter Parameter, OptimizerState State)> Entries(torch.optim.Optimizer optimizer)
    {
        var helper = (OptimizerHelper)optimizer;
        return helper.parameters().Zip(helper.state_dict().State, (parameter, state) => (parameter, state))
            .Select((pair, index) => (index, pair.parameter, pair.state));
    }

    private static IEnumerable<SavedTensor> Present(string name, Tensor? tensor) => tensor is null ? [] : [SavedTensor.Of(name, tensor)];

    private static SavedTensor[] Moments(int index, long step, Tensor first, Tensor second) =>
    [
        SavedTensor.Of(SavedName(index, "step"), step),
        SavedTensor.Of(SavedName(index, "moment1"), first),
        SavedTensor.Of(SavedName(index, "moment2"), second),
    ];

    private static long RestoreMoments(Dictionary<string, SavedTensor> saved, int index, Tensor first, Tensor second)
    {
        if (!saved.TryGetValue(SavedName(index, "step"), out var step)
            || !saved.TryGetValue(SavedName(index, "moment1"), out var moment1)
            || !saved.TryGetValue(SavedName(index, "moment2"), out var moment2))
            throw new InvalidDataException("the checkpoint is of another optimiser");
        moment1.CopyTo(first);
        moment2.CopyTo(second);
        return step.ToNumber();
    }

    /// <summary>In memory like the parameter, as gradients are: the order chooses libtorch's kernel, and kernels round differently.</summary>
    private static Tensor LaidOutAs(Tensor parameter, SavedTensor saved)
    {
        var tensor = empty_like(parameter).DetachFromDisposeScope();
        saved.CopyTo(tensor);
        return tensor;
    }

    private static string SavedName(int index, string part) => $"{index}.{part}";
}
