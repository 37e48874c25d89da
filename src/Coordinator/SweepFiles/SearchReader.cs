using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles.Yaml;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>The section <c>search</c>.</summary>
internal static class SearchReader
{
    private const int MostGridPoints = 1_000_000;

    private static readonly SettingType.Name Algorithms = new(["auto", "grid", "random", "sobol", "tpe", "gp", "cma_es", "evolution"]);
    private static readonly Dictionary<string, SearchAlgorithm> Sampling = new()
    {
        ["random"] = SearchAlgorithm.Random,
        ["sobol"] = SearchAlgorithm.Sobol,
        ["tpe"] = SearchAlgorithm.Tpe,
        ["gp"] = SearchAlgorithm.Gp,
        ["cma_es"] = SearchAlgorithm.CmaEs,
        ["evolution"] = SearchAlgorithm.Evolution,
    };

    public static Section Open(Section file) => file.Child("search", "algorithm", "trials", "final_replicates", "start_with", "learn_from");

    /// <summary>The folders under <c>learn_from</c>.</summary>
    public static ValueArray<string> ReadLearnFrom(Section file, ErrorList errors)
    {
        if (Open(file).Node("learn_from") is not { } node) return [];
        var folders = node is YamlSequence { Items: { Length: > 0 } items } ? [.. items.OfType<YamlScalar>().Select(item => item.Text)] : new List<string>();
        if (folders.Count == 0 || folders.Count != ((YamlSequence)node).Items.Length || folders.Exists(string.IsNullOrWhiteSpace))
            errors.Add(node.Mark, "learn_from: give a list of the folders of earlier runs, such as [runs/first]");
        return folders.Distinct().ToValueArray();
    }

    /// <param name="isSpaceValid">Otherwise only the section itself is checked.</param>
    /// <returns>Null, with an error, where no search can be made.</returns>
    public static SearchSettings? Read(Section file, SpaceDraft draft, bool isSpaceValid, ErrorList errors)
    {
        var before = errors.Count;
        var section = Open(file);
        var (algorithm, trials) = (section.Name("algorithm", Algorithms), section.Integer("trials", min: 1) ?? PopulationReader.Size(file));
        if (errors.Count > before) return null;
        var mark = section.Entry("algorithm")?.Mark ?? section.Mark;
        if (PopulationReader.IsAskedFor(file) && algorithm is null or "auto" or "grid") return Population(file, algorithm, mark, trials, errors);
        if (algorithm is not null && Sampling.TryGetValue(algorithm, out var sampling)) return Sample(sampling, algorithm, mark, trials, errors);
        if (!isSpaceValid) return null;
        return algorithm == "grid" ? Grid(draft, mark, trials, errors) : Auto(draft, mark, trials, PolicyReader.OpenLimits(file).Integer("max_parallel_trials", min: 1), errors);
    }

    /// <summary>Where the members of a population begin.</summary>
    private static SearchSettings? Population(Section file, string? algorithm, Mark mark, int? trials, ErrorList errors)
    {
        if (trials is not null && algorithm != "grid")
            return new SearchSettings(SearchAlgorithm.Sobol, trials, "a population begins spread over the space, and finds the rest by itself");
        if (trials is null) errors.Add(SchedulerReader.Open(file).Mark, "scheduler: pbt needs to know how many trials train side by side; give `population`");
        else errors.Add(mark, "search: a population begins with so many configurations, not with a grid; remove algorithm, or use random");
        return null;
    }

    private static SearchSettings? Auto(SpaceDraft draft, Mark mark, int? trials, int? parallel, ErrorList errors)
    {
        int? count = draft.Space.HasGrid ? Count(draft.Space) : null;
        var choice = AutoChoice.Of(draft.Space, count, trials, parallel);
        if (choice.Algorithm == SearchAlgorithm.Grid) return Grid(draft, mark, trials, errors) is { } grid ? grid with { Reason = choice.Reason } : null;
        if (trials is not null) return new SearchSettings(choice.Algorithm, trials, choice.Reason);
        errors.Add(mark, $"search: auto has no grid to walk, because {AutoChoice.NoGrid(draft.Space, count)}; say how many to try with `trials`");
        return null;
    }

    private static SearchSettings? Sample(SearchAlgorithm algorithm, string name, Mark mark, int? trials, ErrorList errors)
    {
        if (trials is not null) return new SearchSettings(algorithm, trials);
        errors.Add(mark, $"search: {name} needs `trials`; say how many to try");
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
