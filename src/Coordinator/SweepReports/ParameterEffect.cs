using System.Collections.Immutable;
using MathNet.Numerics.Distributions;
using Sweep.Coordinator.Replicates;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepReports;

/// <summary>
/// The objective by one parameter alone, over whatever the others were in those trials: what a search that looked more in some places than in others
/// found there, not what the parameter would do with all else equal.
/// </summary>
/// <param name="Cells">Of the parameter's domain, in order; those without a trial are left out.</param>
public sealed record ParameterEffect(string Name, ImmutableArray<EffectCell> Cells)
{
    private const int MostCells = 10;

    /// <summary>Of each parameter, over trials that ended in order.</summary>
    public static ImmutableArray<ParameterEffect> Of(SearchSpace space, Objective objective, IEnumerable<TrialState> trials)
    {
        var results = trials.Select(trial => TrialResult.Of(objective, trial)).OfType<TrialResult>().ToList();
        return [.. space.Parameters.Select(parameter => Of(parameter, results)).Where(effect => !effect.Cells.IsEmpty)];
    }

    private static ParameterEffect Of(Parameter parameter, List<TrialResult> results)
    {
        var cells = Math.Min(MostCells, parameter.Domain.Count ?? MostCells);
        if (parameter.Domain is ChoiceDomain choice) cells = choice.Values.Count;
        var groups = results.Select(result => (Value: result.Trial.Hyperparameters[parameter.Name], result.Objective)).Where(result => result.Value is not null)
            .GroupBy(result => CellOf(parameter.Domain, result.Value!, cells), result => result.Objective).OrderBy(group => group.Key);
        return new ParameterEffect(parameter.Name, [.. groups.Select(group => EffectCell.Of(MiddleOf(parameter.Domain, group.Key, cells), [.. group]))]);
    }

    private static int CellOf(ParameterDomain domain, HyperparameterValue value, long cells) => domain is ChoiceDomain choice
        ? choice.Values.ToList().IndexOf(value)
        : (int)Math.Clamp((long)(domain.ToUnit(value) * cells), 0, cells - 1);

    private static HyperparameterValue MiddleOf(ParameterDomain domain, int cell, long cells) =>
        domain is ChoiceDomain choice ? choice.At(cell) : domain.FromUnit((cell + 0.5) / cells);
}

/// <param name="Value">The cell's middle.</param>
/// <param name="Low">With <paramref name="High"/>, Student's 95 % interval of the mean; null below two trials.</param>
public sealed record EffectCell(HyperparameterValue Value, int Trials, double Mean, double? Low, double? High)
{
    private const double Confidence = 0.95;

    internal static EffectCell Of(HyperparameterValue value, IReadOnlyCollection<double> results)
    {
        var sample = SampleSummary.Of(results);
        if (sample.StandardDeviation is not { } deviation) return new EffectCell(value, sample.Count, sample.Mean!.Value, null, null);
        var half = StudentT.InvCDF(location: 0, scale: 1, freedom: sample.Count - 1, p: (1 + Confidence) / 2) * deviation / Math.Sqrt(sample.Count);
        return new EffectCell(value, sample.Count, sample.Mean!.Value, sample.Mean!.Value - half, sample.Mean!.Value + half);
    }
}
