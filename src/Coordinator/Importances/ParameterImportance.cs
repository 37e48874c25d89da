using System.Collections.Immutable;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SearchSpaces;

namespace Sweep.Coordinator.Importances;

/// <summary>How much a parameter has to do with a trial being among the best.</summary>
/// <param name="Share">In [0, 1]; of all parameters together 1, or 0 where nothing can be told.</param>
public sealed record ParameterImportance(string Name, double Share)
{
    /// <summary>γ′: the share of results that count as the best.</summary>
    private const double BestShare = 0.1;

    private const int LeastResults = 10, Cells = 32;

    /// <summary>
    /// PED-ANOVA (Watanabe, Bansal and Hutter 2023, "PED-ANOVA: efficiently quantifying hyperparameter importance in arbitrary subspaces", algorithm 1,
    /// with γ = 1): for each parameter, the Pearson divergence between where the best results have it, p, and where all results have it, q:
    /// ∫ (p/q − 1)²·q. That the sampler looked more in some places than in others is in both, and cancels out. Importance is of one parameter at a
    /// time: what matters only in combination shows little.
    /// </summary>
    /// <returns>Most important first; empty below 10 results.</returns>
    public static ImmutableArray<ParameterImportance> Of(SearchSpace space, IEnumerable<Observation> observations)
    {
        var axes = new Axes(space);
        var results = observations.Where(observation => !observation.IsFailure).OrderBy(observation => observation.Loss)
            .Select(observation => axes.PointOf(observation.Hyperparameters)).ToList();
        if (results.Count < LeastResults) return [];
        var best = results.Take((int)Math.Ceiling(BestShare * results.Count)).ToList();
        var divergences = Enumerable.Range(0, axes.Count).Select(axis => Divergence(Density(axes[axis], axis, best), Density(axes[axis], axis, results))).ToList();
        var sum = divergences.Sum();
        return
        [
            .. space.Parameters.Select((parameter, axis) => new ParameterImportance(parameter.Name, sum > 0 ? divergences[axis] / sum : 0))
                .OrderByDescending(importance => importance.Share),
        ];
    }

    private static double Divergence(double[] p, double[] q) => p.Zip(q, (own, all) => (own / all - 1) * (own / all - 1) * all).Sum();

    /// <summary>
    /// Probabilities of cells of a range, or of a choice's values, with those of not existing as the last. As if one result more were spread
    /// evenly, so that no cell is empty; on a range each result is spread like a normal distribution of Scott's width.
    /// </summary>
    private static double[] Density(Axis axis, int index, List<double[]> points)
    {
        var cells = axis.IsChoice ? (int)axis.Levels!.Value : Cells;
        var density = Enumerable.Repeat(1.0 / (cells + 1), cells + 1).ToArray();
        var coordinates = points.Select(point => point[index]).ToList();
        var width = Math.Max(1.0 / Cells, Deviation(coordinates) * 1.06 * Math.Pow(points.Count, -0.2));
        foreach (var coordinate in coordinates)
        {
            if (double.IsNaN(coordinate)) density[^1]++;
            else if (axis.IsChoice) density[(int)coordinate]++;
            else Spread(density.AsSpan(0, cells), coordinate, width);
        }
        return [.. density.Select(mass => mass / (points.Count + 1))];
    }

    private static void Spread(Span<double> density, double centre, double width)
    {
        Span<double> kernel = stackalloc double[density.Length];
        var sum = 0.0;
        for (var cell = 0; cell < kernel.Length; cell++)
        {
            var distance = ((cell + 0.5) / kernel.Length - centre) / width;
            sum += kernel[cell] = Math.Exp(-distance * distance / 2);
        }
        for (var cell = 0; cell < kernel.Length; cell++) density[cell] += kernel[cell] / sum;
    }

    private static double Deviation(List<double> coordinates)
    {
        var existing = coordinates.Where(coordinate => !double.IsNaN(coordinate)).ToList();
        if (existing.Count < 2) return 0;
        var mean = existing.Average();
        return Math.Sqrt(existing.Average(coordinate => (coordinate - mean) * (coordinate - mean)));
    }
}
