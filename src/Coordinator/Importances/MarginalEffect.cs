using System.Collections.Immutable;
using MathNet.Numerics.Distributions;
using Sweep.Coordinator.Replicates;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Importances;

/// <summary>
/// The objective by one parameter alone, over whatever the others were in those trials: what a search that looked more in some places than in others
/// found there. <see cref="WhatMattered"/> says what is to be expected of the parameter with all else equal.
/// </summary>
/// <param name="Cells">Of the parameter's domain, in order; those without a trial are left out.</param>
public sealed record MarginalEffect(string Name, ImmutableArray<EffectCell> Cells)
{
    private const int MostCells = 12;

    /// <summary>Of each parameter.</summary>
    /// <param name="results">Of trials that ended in order.</param>
    public static ImmutableArray<MarginalEffect> Of(SearchSpace space, Objective objective, IReadOnlyList<(Hyperparameters Hyperparameters, double Objective)> results) =>
        [.. space.Parameters.Select(parameter => Of(parameter, objective, results))];

    private static MarginalEffect Of(Parameter parameter, Objective objective, IReadOnlyList<(Hyperparameters Hyperparameters, double Objective)> results)
    {
        var domain = parameter.Domain;
        var cells = domain is ChoiceDomain choice ? choice.Values.Count : (int)Math.Min(MostCells, domain.Count ?? MostCells);
        var members = Enumerable.Range(0, cells).Select(_ => new List<double>()).ToArray();
        foreach (var (hyperparameters, result) in results)
            if (hyperparameters[parameter.Name] is { } value) members[CellOf(domain, value, cells)].Add(result);
        return new MarginalEffect(parameter.Name, [.. members.Index().Where(cell => cell.Item.Count > 0).Select(cell => EffectCell.Of(domain, cell.Index, cells, cell.Item, objective))]);
    }

    private static int CellOf(ParameterDomain domain, HyperparameterValue value, int cells) =>
        domain is ChoiceDomain choice ? choice.IndexOf(value) : Math.Clamp((int)(domain.ToUnit(value) * cells), 0, cells - 1);
}

/// <param name="Low">The cell's ends; of a choice both are its value.</param>
/// <param name="Mean">With the next three, of the objective.</param>
/// <param name="MeanLow">With <paramref name="MeanHigh"/>, Student's 95 % interval of the mean; null below two trials.</param>
public sealed record EffectCell(
    HyperparameterValue Low, HyperparameterValue High, int Trials, double Mean, double Median, double Best, double Worst, double? MeanLow, double? MeanHigh)
{
    private const double Confidence = 0.95;

    internal static EffectCell Of(ParameterDomain domain, int cell, int cells, List<double> values, Objective objective)
    {
        values.Sort();
        var (best, worst) = objective.Maximizes ? (values[^1], values[0]) : (values[0], values[^1]);
        var (low, high) = domain is ChoiceDomain choice ? (choice.At(cell), choice.At(cell)) : (domain.FromUnit((double)cell / cells), domain.FromUnit((cell + 1.0) / cells));
        var (mean, half) = (values.Average(), HalfInterval(values));
        return new EffectCell(low, high, values.Count, mean, (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2, best, worst, mean - half, mean + half);
    }

    internal static double? HalfInterval(List<double> values)
    {
        if (SampleSummary.Of(values).StandardDeviation is not { } deviation) return null;
        return StudentT.InvCDF(location: 0, scale: 1, freedom: values.Count - 1, p: (1 + Confidence) / 2) * deviation / Math.Sqrt(values.Count);
    }
}
