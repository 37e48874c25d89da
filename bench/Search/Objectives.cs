using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using static System.Math;
using static Sweep.Shared.HyperparameterValue;

namespace Sweep.Bench.Search;

/// <summary>A function to be minimised over a search space, whose lowest value is known.</summary>
/// <param name="Space">Made of settings that change the network, whatever the function reads into them: so no two points are one configuration.</param>
/// <param name="Lowest">The function's minimum.</param>
public sealed record TestObjective(string Name, SearchSpace Space, Func<Hyperparameters, double> Value, double Lowest)
{
    private static readonly string[] Axes = ["learning_rate", "momentum", "weight_decay", "label_smoothing", "decay_factor", "rotation_degrees"];

    /// <summary>What is not searched: everything that the axes stand for has an effect.</summary>
    public static NetworkConfiguration Base { get; } = new(
        new DatasetSettings(DatasetName.Digits),
        new ModelSettings(ModelFamily.Resnet, Blocks: [1], Widths: [4]),
        new TrainingSettings(1, Schedule: LearningRateScheduleKind.Step, Milestones: [1]),
        new AugmentationSettings(Enabled: true));

    public static IReadOnlyList<TestObjective> All { get; } =
    [
        Standard("branin2", StandardFunctions.Branin, [(-5, 10), (0, 15)], 0.39788735772973816),
        Standard("hartmann3", StandardFunctions.Hartmann3, [.. Enumerable.Repeat((0.0, 1.0), 3)], -3.862779787332663),
        Standard("hartmann6", StandardFunctions.Hartmann6, [.. Enumerable.Repeat((0.0, 1.0), 6)], -3.3223680114155147),
        Standard("rosenbrock5", StandardFunctions.Rosenbrock, [.. Enumerable.Repeat((-5.0, 10.0), 5)], 0),
        Standard("ackley5", StandardFunctions.Ackley, [.. Enumerable.Repeat((-32.768, 32.768), 5)], 0),
        Standard("levy4", StandardFunctions.Levy, [.. Enumerable.Repeat((-10.0, 10.0), 4)], 0),
        new("mixed", MixedFunction.Space, trial => -MixedFunction.Accuracy(trial), -MixedFunction.Best),
    ];

    private static TestObjective Standard(string name, Func<double[], double> function, (double Min, double Max)[] bounds, double lowest) => new(
        name,
        new SearchSpace(bounds.Select((bound, axis) => new Parameter(Axes[axis], new ContinuousDomain(bound.Min, bound.Max)))),
        trial => function([.. trial.Select(entry => entry.Value.AsDouble())]),
        lowest);
}

/// <summary>Functions that samplers are commonly tried on; all are to be minimised.</summary>
public static class StandardFunctions
{
    private static readonly double[] Alpha = [1.0, 1.2, 3.0, 3.2];
    private static readonly double[][] A3 = [[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]];
    private static readonly double[][] P3 =
        [[0.3689, 0.1170, 0.2673], [0.4699, 0.4387, 0.7470], [0.1091, 0.8732, 0.5547], [0.0381, 0.5743, 0.8828]];
    private static readonly double[][] A6 =
        [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]];
    private static readonly double[][] P6 =
    [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];

    public static double Branin(double[] x)
    {
        const double b = 5.1 / (4 * PI * PI), c = 5 / PI, t = 1 / (8 * PI);
        return Pow(x[1] - b * x[0] * x[0] + c * x[0] - 6, 2) + 10 * (1 - t) * Cos(x[0]) + 10;
    }

    public static double Hartmann3(double[] x) => Hartmann(x, A3, P3);

    public static double Hartmann6(double[] x) => Hartmann(x, A6, P6);

    public static double Rosenbrock(double[] x)
    {
        var sum = 0.0;
        for (var i = 0; i + 1 < x.Length; i++) sum += 100 * Pow(x[i + 1] - x[i] * x[i], 2) + Pow(1 - x[i], 2);
        return sum;
    }

    public static double Ackley(double[] x)
    {
        var (squares, cosines) = (x.Average(v => v * v), x.Average(v => Cos(2 * PI * v)));
        return -20 * Exp(-0.2 * Sqrt(squares)) - Exp(cosines) + 20 + E;
    }

    public static double Levy(double[] x)
    {
        var w = x.Select(v => 1 + (v - 1) / 4).ToArray();
        var sum = Pow(Sin(PI * w[0]), 2);
        foreach (var v in w[..^1]) sum += Pow(v - 1, 2) * (1 + 10 * Pow(Sin(PI * v + 1), 2));
        return sum + Pow(w[^1] - 1, 2) * (1 + Pow(Sin(2 * PI * w[^1]), 2));
    }

    private static double Hartmann(double[] x, double[][] a, double[][] p)
    {
        var sum = 0.0;
        for (var i = 0; i < 4; i++) sum -= Alpha[i] * Exp(-x.Select((v, j) => a[i][j] * Pow(v - p[i][j], 2)).Sum());
        return sum;
    }
}

/// <summary>
/// An accuracy over a space like a real sweep's: learning rate, weight decay, momentum, batch size, six layouts, augmentation, and a schedule with
/// parameters of its own in two of three branches.
/// </summary>
public static class MixedFunction
{
    public const double Best = 0.934;

    /// <summary>By layout: ceiling without and with augmentation, and log₁₀ of the best effective learning rate.</summary>
    private static readonly (int[] Blocks, double Plain, double Augmented, double Rate)[] Layouts =
    [
        ([1, 1, 1], 0.880, 0.874, 0.00), ([2, 2, 2], 0.900, 0.908, -0.10), ([3, 3, 3], 0.908, 0.923, -0.20),
        ([5, 5, 5], 0.912, 0.934, -0.50), ([1, 1, 1, 1], 0.904, 0.913, -0.15), ([2, 2, 2, 2], 0.914, 0.931, -0.35),
    ];

    public static SearchSpace Space { get; } = new(
    [
        new("learning_rate", new ContinuousDomain(1e-4, 1, Scale.Log)),
        new("weight_decay", new ContinuousDomain(1e-6, 1e-2, Scale.Log)),
        new("momentum", new ContinuousDomain(0.8, 0.99)),
        new("batch_size", new LatticeDomain(16, 512, 1, Scale.Log, wholeNumbers: true)),
        new("blocks", new ChoiceDomain(Layouts.Select(layout => new Integers(layout.Blocks.ToValueArray())))),
        new("augmentation", new ChoiceDomain([new Flag(false), new Flag(true)])),
        new("schedule", new ChoiceDomain([new Text("constant"), new Text("step"), new Text("cosine")])),
        new("decay_factor", new ContinuousDomain(0.02, 0.5, Scale.Log), [new Condition("schedule", [new Text("step")])]),
        // Stands for the number of drops.
        new("accumulate", new LatticeDomain(1, 5, 1, Scale.Linear, wholeNumbers: true), [new Condition("schedule", [new Text("step")])]),
        new("warmup_epochs", new LatticeDomain(0, 10, 1, Scale.Linear, wholeNumbers: true), [new Condition("schedule", [new Text("cosine")])]),
    ]);

    public static double Accuracy(Hyperparameters trial)
    {
        var layout = Layouts.First(layout => trial["blocks"]!.Equals(new Integers(layout.Blocks.ToValueArray())));
        var isAugmented = trial["augmentation"] is Flag { Value: true };
        var ceiling = isAugmented ? layout.Augmented : layout.Plain;
        return 0.1 + (ceiling - 0.1) * Exp(-0.5 * Penalty(trial, layout.Rate, isAugmented));
    }

    private static double Penalty(Hyperparameters trial, double bestRate, bool isAugmented)
    {
        var rate = Log10(Number("learning_rate"));
        var momentum = -Log10(1 - Number("momentum"));
        var batch = Log2(Number("batch_size") / 128);
        var error = rate + momentum - 0.30103 * batch - bestRate;
        var decay = -3.70 - 0.5 * (rate + 1) - (isAugmented ? 0.5 : 0);
        var penalty = 0.020 * error * error + (error > 0 ? 0.060 * error * error * error : 0)
            + 0.012 * Pow(Log10(Number("weight_decay")) - decay, 2) + 0.030 * Pow(momentum - 1, 2) + 0.0020 * batch * batch;
        switch (trial["schedule"])
        {
            case Text { Value: "constant" }: return penalty + 0.025;
            case Text { Value: "step" }:
                var (factor, drops) = (Log10(Number("decay_factor")) + 1, Number("accumulate") - 2);
                return penalty + 0.004 + 0.020 * factor * factor + 0.003 * drops * drops + 0.008 * factor * drops * 0.5;
            default: return penalty + 0.0006 * Pow(Number("warmup_epochs") - (5 + 2 * (rate + 1)), 2);
        }

        double Number(string name) => trial[name]!.AsDouble();
    }
}
