using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles.Yaml;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>The section <c>search</c>.</summary>
internal static class SearchReader
{
    private const int MostGridPoints = 1_000_000;

    private static readonly SettingType.Name Algorithms = new(["auto", "grid", "random"], ["tpe", "sobol", "gp", "cma_es", "evolution"]);
    public static Section Open(Section file) => file.Child("search", "algorithm", "trials", "final_replicates");

    /// <param name="isSpaceValid">Otherwise only the section itself is checked.</param>
    /// <returns>Null, with an error, where no search can be made.</returns>
    public static SearchSettings? Read(Section file, SpaceDraft draft, bool isSpaceValid, ErrorList errors)
    {
        var before = errors.Count;
        var section = Open(file);
        var (algorithm, trials) = (section.Name("algorithm", Algorithms), section.Integer("trials", min: 1));
        if (errors.Count > before) return null;
        var mark = section.Entry("algorithm")?.Mark ?? section.Mark;
        return algorithm switch
        {
            "grid" => isSpaceValid ? Grid(draft, mark, trials, errors) : null,
            "random" => Random(mark, trials, null, errors),
            _ => isSpaceValid ? Auto(draft, mark, trials, errors) : null,
        };
    }

    private static SearchSettings? Auto(SpaceDraft draft, Mark mark, int? trials, ErrorList errors)
    {
        var ranges = draft.Space.Parameters.Where(parameter => parameter.Domain.GridCount is null).Select(parameter => parameter.Name).ToList();
        if (ranges.Count > 0)
            return Random(mark, trials, $"{string.Join(", ", ranges)} {(ranges.Count == 1 ? "is a range" : "are ranges")} without step or points", errors);
        var count = Count(draft.Space);
        var counted = count > MostGridPoints ? $"over {MostGridPoints:N0}" : $"{count:N0}";
        if (trials < count) return Random(mark, trials, $"trials is below the number of the grid's configurations, {counted}", errors);
        return Grid(draft, mark, trials, errors) is { } grid
            ? grid with { Reason = $"every parameter has a grid, of {counted} configurations together" }
            : null;
    }

    private static SearchSettings? Random(Mark mark, int? trials, string? reason, ErrorList errors)
    {
        if (trials is not null) return new SearchSettings(SearchAlgorithm.Random, trials, reason);
        errors.Add(mark, reason is null
            ? "search: random needs `trials`; say how many to try"
            : $"search: auto has to choose random, because {reason}; say how many to try with `trials`");
        return null;
    }

    private static SearchSettings? Grid(SpaceDraft draft, Mark mark, int? trials, ErrorList errors)
    {
        var before = errors.Count;
        foreach (var parameter in draft.Space.Parameters.Where(parameter => parameter.Domain.GridCount is null))
        {
            var example = parameter.Domain is LatticeDomain ? "step: 1" : "points: 5";
            var message = $"{parameter.Name}: a grid needs to know which values to take; add {example}, say, or use algorithm: random";
            errors.Add(draft.MarkOf([parameter.Name]), message);
        }
        if (errors.Count > before) return null;
        var count = Count(draft.Space);
        if (count > MostGridPoints)
            errors.Add(mark, $"search: the grid has more than {MostGridPoints:N0} points; give fewer values, or use algorithm: random");
        if (count == 0) errors.Add(draft.ConstraintsMark, CombinationRules.NothingLeft);
        return errors.Count == before ? new SearchSettings(SearchAlgorithm.Grid, trials) : null;
    }

    /// <summary>Configurations of the grid that the constraints allow; the points alone, as far as they are counted, where there are too many.</summary>
    private static int Count(SearchSpace space)
    {
        var points = space.Grid().Take(MostGridPoints + 1).Count();
        return points > MostGridPoints ? points : space.Grid().Count(space.Allows);
    }
}
