using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles;

namespace Sweep.Coordinator.Samplers;

/// <summary>What <c>auto</c> chooses, and why: see docs/decisions/2026-11-24-what-auto-searches-with.md.</summary>
/// <param name="Reason">The end of a sentence that begins with the algorithm.</param>
public sealed record AutoChoice(SearchAlgorithm Algorithm, string Reason)
{
    /// <summary>A Gaussian process takes some 50 ms for a suggestion, and its guesses of what runs get worse with every one more.</summary>
    public const int MostParallelForGp = 64;

    /// <param name="gridCount">Configurations of the grid, where every parameter has one; null where one has none.</param>
    /// <param name="trials">Null for as many as there are.</param>
    /// <param name="parallel">Null where nothing limits it.</param>
    public static AutoChoice Of(SearchSpace space, int? gridCount, int? trials, int? parallel)
    {
        if (gridCount is { } count && (trials ?? count) >= count)
            return new AutoChoice(SearchAlgorithm.Grid, $"every parameter has a grid, of {count:N0} configurations together");
        var why = NoGrid(space, gridCount);
        if (parallel > MostParallelForGp)
            return new AutoChoice(SearchAlgorithm.Tpe, $"{why}, and max_parallel_trials is above {MostParallelForGp}");
        return new AutoChoice(SearchAlgorithm.Gp, $"{why}, and a Gaussian process finds better configurations in fewer trials than the others do");
    }

    /// <summary>Why the grid is not walked.</summary>
    public static string NoGrid(SearchSpace space, int? gridCount)
    {
        if (gridCount is { } count) return $"trials is below the number of the grid's configurations, {count:N0}";
        var ranges = space.Parameters.Where(parameter => parameter.Domain.GridCount is null).Select(parameter => parameter.Name).ToList();
        return $"{string.Join(", ", ranges)} {(ranges.Count == 1 ? "is a range" : "are ranges")} without step or points";
    }
}
