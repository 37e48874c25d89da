using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Training;

/// <summary>TorchSharp's SGD, the same operations in the same order, with numbers that live until libtorch has read them (<see cref="Kernels.Addition"/>).</summary>
internal sealed class SteadySgd(IEnumerable<SGD.ParamGroup> groups, double rate, double momentum, bool nesterov)
    : SGD(groups, rate, momentum, nesterov: nesterov)
{
    public override Tensor step(Func<Tensor>? closure = null) => _step<ParamGroup>(Update, closure);

    private void Update(ParamGroup group)
    {
        var options = group.Options;
        using var decay = options.weight_decay!.Value.ToScalar();
        using var kept = options.momentum!.Value.ToScalar();
        using var whole = 1.0.ToScalar();
        using var step = (-options.LearningRate!.Value).ToScalar();
        foreach (var parameter in group.Parameters)
        {
            if (parameter.grad is not { } gradient) continue;
            if (options.weight_decay != 0) gradient = gradient.add(parameter, decay);
            if (options.momentum != 0)
            {
                var state = (State)_state[parameter.Handle];
                if (state.momentum_buffer is null) state.momentum_buffer = gradient.clone().detach().DetachFromDisposeScope();
                else state.momentum_buffer.mul_(kept).add_(gradient, whole);
                gradient = options.nesterov == true ? gradient.add(state.momentum_buffer, kept) : state.momentum_buffer;
            }
            parameter.add_(gradient, step);
        }
    }
}

/// <summary>TorchSharp's Adam likewise; the weight decay is an L2 penalty.</summary>
internal sealed class SteadyAdam(IEnumerable<Adam.ParamGroup> groups, double rate) : Adam(groups, rate)
{
    public override Tensor step(Func<Tensor>? closure = null) => _step<ParamGroup>(Update, closure);

    private void Update(ParamGroup group)
    {
        var options = group.Options;
        using var decay = options.weight_decay!.Value.ToScalar();
        using var update = new AdamUpdate(options.beta1!.Value, options.beta2!.Value, options.eps!.Value, options.LearningRate!.Value);
        foreach (var parameter in group.Parameters)
        {
            if (parameter.grad is not { } gradient) continue;
            if (options.weight_decay != 0) gradient = gradient.add(parameter, decay);
            var state = (State)_state[parameter.Handle];
            update.Apply(parameter, gradient, ++state.step, state.exp_avg, state.exp_avg_sq);
        }
    }
}

/// <summary>TorchSharp's AdamW likewise; the weight decay is apart from the gradient (Loshchilov and Hutter 2019, algorithm 2).</summary>
internal sealed class SteadyAdamW(IEnumerable<AdamW.ParamGroup> groups, double rate) : AdamW(groups, rate)
{
    public override Tensor step(Func<Tensor>? closure = null) => _step<ParamGroup>(Update, closure);

    private void Update(ParamGroup group)
    {
        var options = group.Options;
        using var kept = (1 - options.LearningRate!.Value * options.weight_decay!.Value).ToScalar();
        using var update = new AdamUpdate(options.beta1!.Value, options.beta2!.Value, options.eps!.Value, options.LearningRate!.Value);
        foreach (var parameter in group.Parameters)
        {
            if (parameter.grad is not { } gradient) continue;
            parameter.mul_(kept);
            var state = (State)_state[parameter.Handle];
            update.Apply(parameter, gradient, ++state.step, state.exp_avg, state.exp_avg_sq);
        }
    }
}

/// <summary>One step of Adam (Kingma and Ba 2015, algorithm 1) with the numbers of a group of parameters, which live until disposed.</summary>
internal sealed class AdamUpdate(double beta1, double beta2, double eps, double rate) : IDisposable
{
    private readonly Scalar _beta1 = beta1.ToScalar();
    private readonly Scalar _gain1 = (1 - beta1).ToScalar();
    private readonly Scalar _beta2 = beta2.ToScalar();
    private readonly Scalar _gain2 = (1 - beta2).ToScalar();
    private readonly Scalar _eps = eps.ToScalar();
    private readonly Scalar _one = 1.ToScalar();

    /// <param name="step">From 1.</param>
    /// <param name="first">The paper's m.</param>
    /// <param name="second">The paper's v.</param>
    public void Apply(Tensor parameter, Tensor gradient, long step, Tensor first, Tensor second)
    {
        first.mul_(_beta1).add_(gradient, _gain1);
        second.mul_(_beta2).addcmul_(gradient, gradient, _gain2);
        using var correction = Math.Sqrt(1 - Math.Pow(beta2, step)).ToScalar();
        using var size = (-rate / (1 - Math.Pow(beta1, step))).ToScalar();
        using var denominator = second.sqrt().div_(correction).add_(_eps, _one);
        parameter.addcdiv_(first, denominator, size);
    }

    public void Dispose()
    {
        foreach (var number in new[] { _beta1, _gain1, _beta2, _gain2, _eps, _one }) number.Dispose();
    }
}
