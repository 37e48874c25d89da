using Sweep.Shared;

namespace Sweep.GpuWorker.Training;

/// <summary>
/// The learning rate of every optimiser step: a pure function of the step, so that a resumed attempt needs no state.
/// <para>With peak rate r, T steps in all, W steps of warm-up and step t from 0, each multiplies r with</para>
/// <list type="table">
/// <item><term>warm-up</term><description>(t + 1) ÷ W while t &lt; W; all but one-cycle have it</description></item>
/// <item><term>constant</term><description>1</description></item>
/// <item><term>step</term><description>decay^⌊epoch ÷ milestones[0]⌋</description></item>
/// <item><term>multistep</term><description>decay^(number of milestones ≤ epoch)</description></item>
/// <item><term>cosine</term><description>(1 + cos(π·(t − W) ÷ (T − W))) ÷ 2 (Loshchilov and Hutter 2017, equation 5, without restarts)</description></item>
/// <item><term>one-cycle</term><description>up from 1 ÷ 25 over the warm-up, or 30 % of the steps where there is none, then down to
/// 1 ÷ 250,000, both along half a cosine (Smith and Topin 2018; PyTorch's <c>OneCycleLR</c> with its defaults, momentum left alone)</description></item>
/// </list>
/// Milestones and epochs count from the start of the training, warm-up included.
/// </summary>
public sealed class LearningRateSchedule
{
    private const double StartDivisor = 25;
    private const double EndDivisor = 1e4;
    private const double RiseShare = 0.3;

    private readonly TrainingSettings _settings;
    private readonly int _stepsPerEpoch;
    private readonly long _steps;
    private readonly long _warmup;

    /// <param name="stepsPerEpoch">At least 1.</param>
    public LearningRateSchedule(TrainingSettings settings, int stepsPerEpoch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerEpoch, 1);
        _settings = settings;
        _stepsPerEpoch = stepsPerEpoch;
        _steps = (long)settings.Epochs * stepsPerEpoch;
        _warmup = (long)settings.WarmupEpochs * stepsPerEpoch;
    }

    /// <param name="step">From 0, over all epochs.</param>
    public double At(long step) => _settings.LearningRate * Factor(step);

    private double Factor(long step)
    {
        if (_settings.Schedule == LearningRateScheduleKind.OneCycle) return OneCycle(step);
        if (step < _warmup) return (step + 1.0) / _warmup;
        var epoch = step / _stepsPerEpoch;
        return _settings.Schedule switch
        {
            LearningRateScheduleKind.Constant => 1,
            LearningRateScheduleKind.Step => Math.Pow(_settings.DecayFactor, epoch / _settings.Milestones[0]),
            LearningRateScheduleKind.Multistep => Math.Pow(_settings.DecayFactor, _settings.Milestones.Count(milestone => milestone <= epoch)),
            LearningRateScheduleKind.Cosine => (1 + Math.Cos(Math.PI * (step - _warmup) / (_steps - _warmup))) / 2,
            _ => throw new ArgumentOutOfRangeException(nameof(step), _settings.Schedule, "unknown schedule"),
        };
    }

    private double OneCycle(long step)
    {
        var peak = Math.Max(0, (_warmup > 0 ? _warmup : RiseShare * _steps) - 1);
        var end = Math.Max(peak, _steps - 1);
        return step <= peak
            ? HalfCosine(1 / StartDivisor, 1, peak == 0 ? 1 : step / peak)
            : HalfCosine(1, 1 / (StartDivisor * EndDivisor), Math.Min(1, (step - peak) / (end - peak)));
    }

    /// <summary>From <paramref name="from"/> to <paramref name="to"/> while <paramref name="share"/> goes from 0 to 1.</summary>
    private static double HalfCosine(double from, double to, double share) => to + (from - to) * (1 + Math.Cos(Math.PI * share)) / 2;
}
