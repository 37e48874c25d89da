using Sweep.Shared;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Training;

/// <summary>
/// Optimisers with two groups of parameters: the weights of convolutions and linear layers, which decay, and batch norm and biases,
/// which do not: pulling those towards zero costs accuracy and prevents no overfitting (Goyal et al. 2017, section 3; He et al. 2019, section 3.1).
/// </summary>
internal static class Optimizers
{
    /// <param name="model">Already on its device.</param>
    /// <param name="decays">Which parameters decay; default <see cref="Decays"/>.</param>
    /// <exception cref="ArgumentException">Nesterov momentum without momentum.</exception>
    public static torch.optim.Optimizer Create(nn.Module model, TrainingSettings settings, Func<Tensor, bool>? decays = null)
    {
        var groups = model.parameters().ToLookup(parameter => (decays ?? Decays)(parameter));
        var (decaying, others) = (groups[true].ToList(), groups[false].ToList());
        var (rate, decay) = (settings.LearningRate, settings.WeightDecay);
        return settings.Optimizer switch
        {
            Optimizer.Sgd => new SteadySgd(
                [
                    new SGD.ParamGroup(decaying, rate, settings.Momentum, weight_decay: decay, nesterov: Nesterov(settings)),
                    new SGD.ParamGroup(others, rate, settings.Momentum, nesterov: Nesterov(settings)),
                ],
                rate, settings.Momentum, Nesterov(settings)),
            Optimizer.Adam => new SteadyAdam(
                [new Adam.ParamGroup(decaying, rate, weight_decay: decay), new Adam.ParamGroup(others, rate)], rate),
            Optimizer.AdamW => new SteadyAdamW(
                [new AdamW.ParamGroup(decaying, rate, weight_decay: decay), new AdamW.ParamGroup(others, rate, weight_decay: 0)], rate),
            _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Optimizer, null),
        };
    }

    public static void SetLearningRate(this torch.optim.Optimizer optimizer, double rate)
    {
        foreach (var group in optimizer.ParamGroups) group.LearningRate = rate;
    }

    /// <summary>Weights have two dimensions or more; biases, scales and shifts have one.</summary>
    internal static bool Decays(Tensor parameter) => parameter.dim() > 1;

    /// <summary>Without momentum there is nothing to look ahead along.</summary>
    private static bool Nesterov(TrainingSettings settings) => settings.Nesterov && settings.Momentum > 0;
}
