using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;
using Sweep.Shared.Models;

namespace Sweep.Bench.Simulator;

/// <summary>
/// A search space like ours, with a formula in place of training: learning rate, weight decay, momentum and batch size interact, six
/// layouts differ in their ceilings and in how fast they learn, and two schedules bring parameters of their own.
/// </summary>
public static class MixedSpace
{
    /// <summary>Of a full training.</summary>
    public const int Epochs = 81;

    /// <summary>The accuracy of the best configuration.</summary>
    public const double Best = 0.934;

    /// <summary>Cutout, which has no part in the formula, stands for the number of times that the step schedule drops.</summary>
    public const string Space = """
        name: simulated
        dataset: {name: cifar10}
        model: {family: resnet}
        training: {epochs: 81, milestones: [30]}
        parameters:
          learning_rate: {distribution: log_uniform, min: 1e-4, max: 1.0}
          weight_decay: {distribution: log_uniform, min: 1e-6, max: 1e-2}
          momentum: {distribution: uniform, min: 0.8, max: 0.99}
          batch_size: {distribution: int_log_uniform, min: 16, max: 512}
          blocks: {values: [[1, 1, 1], [2, 2, 2], [3, 3, 3], [5, 5, 5], [1, 1, 1, 1], [2, 2, 2, 2]]}
          augmentation: {values: [false, true]}
          schedule: {values: [constant, step, cosine]}
          decay_factor: {distribution: log_uniform, min: 0.02, max: 0.5, when: {schedule: step}}
          cutout: {distribution: int_uniform, min: 1, max: 5, when: {schedule: step}}
          warmup_epochs: {distribution: int_uniform, min: 0, max: 10, when: {schedule: cosine}}
        """;

    private static readonly Dictionary<string, Layout> Layouts = new()
    {
        ["1-1-1"] = new(0.880, 0.874, 0.00, 0.08),
        ["2-2-2"] = new(0.900, 0.908, -0.10, 0.04),
        ["3-3-3"] = new(0.908, 0.923, -0.20, 0.00),
        ["5-5-5"] = new(0.912, 0.934, -0.50, -0.06),
        ["1-1-1-1"] = new(0.904, 0.913, -0.15, 0.06),
        ["2-2-2-2"] = new(0.914, 0.931, -0.35, 0.00),
    };

    /// <param name="more">Lines of the sweep file: <c>search</c>, <c>scheduler</c>, <c>limits</c> …</param>
    public static SweepDefinition Sweep(long seed, string more) =>
        SweepFileReader.ReadText($"{Space}\nseed: {seed}\n{more}\n", "simulated.yaml") switch
        {
            SweepFileResult.Valid valid => valid.Definition,
            var invalid => throw new ArgumentException(invalid.ToString(), nameof(more)),
        };

    /// <summary>The accuracy after <see cref="Epochs"/>, without noise.</summary>
    public static double Accuracy(NetworkConfiguration trial) => 0.1 + (Ceiling(trial) - 0.1) * Math.Exp(-0.5 * Penalty(trial));

    /// <summary>The curve a − b·t^−c through <see cref="Accuracy"/> at the last epoch.</summary>
    public static (double A, double B, double C) Shape(NetworkConfiguration trial)
    {
        var accuracy = Accuracy(trial);
        var c = 0.55 + 0.12 * (Math.Log10(trial.Training.LearningRate) + 1.5) + LayoutOf(trial).EarlySpeed - (trial.Augmentation.Enabled ? 0.10 : 0.0);
        c -= trial.Training.Schedule switch
        {
            LearningRateScheduleKind.Cosine => 0.08,
            LearningRateScheduleKind.Step => 0.04,
            _ => 0,
        };
        c = Math.Clamp(c, 0.2, 1.1);
        var b = 0.70 * (accuracy - 0.1);
        return (accuracy + b * Math.Pow(Epochs, -c), b, c);
    }

    private static double Ceiling(NetworkConfiguration trial) =>
        trial.Augmentation.Enabled ? LayoutOf(trial).CeilingWithAugmentation : LayoutOf(trial).Ceiling;

    private static double Penalty(NetworkConfiguration trial)
    {
        var training = trial.Training;
        var rate = Math.Log10(training.LearningRate);
        var memory = -Math.Log10(1 - training.Momentum);
        var batch = Math.Log2(training.BatchSize / 128.0);
        var tooHigh = rate + memory - 0.30103 * batch - LayoutOf(trial).BestRate;
        var bestDecay = -3.70 - 0.5 * (rate + 1) - (trial.Augmentation.Enabled ? 0.5 : 0);
        return 0.020 * Square(tooHigh) + (tooHigh > 0 ? 0.060 * tooHigh * Square(tooHigh) : 0)
            + 0.012 * Square(Math.Log10(training.WeightDecay) - bestDecay)
            + 0.030 * Square(memory - 1)
            + 0.0020 * Square(batch)
            + SchedulePenalty(trial, rate);
    }

    private static double SchedulePenalty(NetworkConfiguration trial, double rate)
    {
        switch (trial.Training.Schedule)
        {
            case LearningRateScheduleKind.Constant:
                return 0.025;
            case LearningRateScheduleKind.Step:
                var (factor, drops) = (Math.Log10(trial.Training.DecayFactor) + 1, trial.Augmentation.Cutout - 2);
                return 0.004 + 0.020 * Square(factor) + 0.003 * Square(drops) + 0.008 * factor * drops * 0.5;
            default:
                return 0.0006 * Square(trial.Training.WarmupEpochs - (5 + 2 * (rate + 1)));
        }
    }

    private static Layout LayoutOf(NetworkConfiguration trial) => Layouts[string.Join('-', trial.Model.Blocks)];

    private static double Square(double value) => value * value;

    /// <param name="Ceiling">Of accuracy, without augmentation.</param>
    /// <param name="BestRate">Decades of the effective learning rate.</param>
    /// <param name="EarlySpeed">Added to the curve's exponent.</param>
    private sealed record Layout(double Ceiling, double CeilingWithAugmentation, double BestRate, double EarlySpeed);
}
