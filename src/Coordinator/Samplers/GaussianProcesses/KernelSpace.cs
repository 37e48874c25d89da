using System.Numerics.Tensors;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers.GaussianProcesses;

/// <summary>
/// In what trials differ, for a kernel: one or more dimensions an axis, each with a length scale of its own. A range is its coordinate. A choice is a
/// table of distances: 1 between different values; a choice of block layouts has a second one, of how far they are from each other in depth and
/// in parameters. A parameter that does not exist counts as the middle of its range, or as one more value of its choice: its parent tells such
/// trials from others already (Lévesque et al. 2017, "Bayesian optimization for conditional hyperparameter spaces", imputation).
/// </summary>
internal sealed class KernelSpace
{
    public KernelSpace(Axes axes) => Dimensions = [.. Enumerable.Range(0, axes.Count).SelectMany(axis => DimensionsOf(axes[axis], axis))];

    public KernelDimension[] Dimensions { get; }

    private static IEnumerable<KernelDimension> DimensionsOf(Axis axis, int index)
    {
        if (axis.Domain is not ChoiceDomain choice)
        {
            yield return new KernelDimension(index, null);
            yield break;
        }
        if (choice.Values.Count < 2) yield break;
        yield return new KernelDimension(index, Table(choice.Values.Count, (left, right) => left == right ? 0 : 1));
        if (choice.Values.Count > 2 && LayoutFeatures(choice) is { } features)
            yield return new KernelDimension(index, Table(choice.Values.Count, (left, right) =>
                left == choice.Values.Count || right == choice.Values.Count ? (left == right ? 0 : 1) : TensorPrimitives.Distance(features[left], features[right])));
    }

    /// <summary>Squares of distances; the last row and column are those of absence.</summary>
    private static double[][] Table(int values, Func<int, int, double> distance) =>
        [.. Enumerable.Range(0, values + 1).Select(left => Enumerable.Range(0, values + 1).Select(right => Math.Pow(distance(left, right), 2)).ToArray())];

    /// <summary>Of each layout the logarithms of depth and of parameters, each from 0 to 1 over the choice; null for a choice of something else.</summary>
    private static double[][]? LayoutFeatures(ChoiceDomain choice)
    {
        if (!choice.Values.All(value => value is HyperparameterValue.Integers { Values.Count: > 0 })) return null;
        var layouts = choice.Values.Select(value => ((HyperparameterValue.Integers)value).Values).ToList();
        // A stage doubles its channels, so that one of its blocks has four times the parameters of one before.
        var depth = Scaled(layouts.Select(layout => Math.Log(1 + layout.Sum(Math.Abs))));
        var parameters = Scaled(layouts.Select(layout => Math.Log(1 + layout.Select((blocks, stage) => Math.Abs(blocks) * Math.Pow(4, stage)).Sum())));
        return [.. depth.Zip(parameters, (left, right) => new[] { left, right })];
    }

    private static double[] Scaled(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var (min, max) = (all.Min(), all.Max());
        return [.. all.Select(value => max > min ? (value - min) / (max - min) : 0)];
    }
}

/// <param name="Axis">Whose coordinate is compared.</param>
/// <param name="Table">Squared distances between a choice's values; null for a range.</param>
internal sealed record KernelDimension(int Axis, double[][]? Table)
{
    private const double Absent = 0.5;

    public bool IsNumeric => Table is null;

    /// <summary>A range's coordinate, or a choice's row in the table.</summary>
    public double Coordinate(double[] point) =>
        !double.IsNaN(point[Axis]) ? point[Axis] : Table is null ? Absent : Table.Length - 1;

    public double SquaredDistance(double left, double right) =>
        Table is null ? (left - right) * (left - right) : Table[(int)left][(int)right];
}
