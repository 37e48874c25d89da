using Sweep.Coordinator.Schedulers;
using Sweep.Coordinator.SweepFiles.Yaml;
using Sweep.Shared;
using Sweep.Shared.Settings;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>The keys of <c>scheduler</c> that only <c>pbt</c> has.</summary>
internal static class PopulationReader
{
    public const string Name = "pbt";
    public static readonly string[] Keys = ["population", "interval_epochs", "quantile", "resample_probability"];

    /// <summary>A trial is compared so often, unless the file says otherwise.</summary>
    private const int DefaultComparisons = 10;

    /// <summary>Whether the file asks for it; says nothing of errors.</summary>
    public static bool IsAskedFor(Section file) => SchedulerReader.Open(file).Node("name") is YamlScalar { Text: Name };

    /// <summary>Trials of the population, where the file gives them; null where it does not, and for other schedulers.</summary>
    public static int? Size(Section file) => IsAskedFor(file) ? SchedulerReader.Open(file).Integer("population", min: 2) : null;

    /// <returns>Null, with an error, where they are not usable.</returns>
    public static PopulationSettings? Read(Section file, SpaceDraft draft, ErrorList errors)
    {
        var (section, search) = (SchedulerReader.Open(file), SearchReader.Open(file));
        var before = errors.Count;
        var (population, trials) = (Size(file), search.Integer("trials", min: 1));
        if (population is not null && trials is not null && population != trials)
            errors.Add(search.Node("trials")!.Mark, $"trials: a population of {population} is {population} trials; remove one of the two");
        if (trials == 1) errors.Add(search.Node("trials")!.Mark, "trials: a population has at least 2; raise it");
        foreach (var key in (string[])["min_epochs", "reduction_factor"])
            if (section.Entry(key) is { } stray) errors.Add(stray.Mark, $"{key}: pbt has no rungs to climb; give interval_epochs, or remove it");
        var half = new SettingType.Number(0, 0.5, AboveMin: true);
        var (interval, quantile, resample) = (
            section.Integer("interval_epochs", min: 1), section.Number("quantile", half),
            section.Number("resample_probability", new SettingType.Number(0, 1)));
        CheckSpace(draft, section, population ?? trials, errors);
        if (draft.MaxEpochs is { } epochs && epochs <= (interval ?? 1))
            errors.Add(
                section.Node("interval_epochs")?.Mark ?? section.Mark,
                $"interval_epochs: trials train {epochs} epochs, so that none would be compared after {interval ?? 1}; give fewer, or train longer");
        if (errors.Count > before || (population ?? trials) is not { } size) return null;
        var defaults = new PopulationSettings(size, Math.Max(1, (draft.MaxEpochs ?? 0) / DefaultComparisons));
        return defaults with
        {
            IntervalEpochs = interval ?? defaults.IntervalEpochs,
            Quantile = quantile ?? defaults.Quantile,
            ResampleProbability = resample ?? defaults.ResampleProbability,
        };
    }

    public static void RefuseKeys(Section scheduler, ErrorList errors)
    {
        foreach (var key in Keys)
            if (scheduler.Entry(key) is { } stray) errors.Add(stray.Mark, $"{key}: only {Name} has it; remove it, or give name: {Name}");
    }

    /// <summary>Each member is a trial of its own, whose hyperparameters change on the way.</summary>
    public static void CheckReplicates(ReplicateSettings replicates, Section file, ErrorList errors)
    {
        if (!IsAskedFor(file) || replicates == new ReplicateSettings()) return;
        errors.Add(
            file.Entry("replicates")?.Mark ?? SearchReader.Open(file).Mark,
            "replicates: members of a population change their hyperparameters as they train, and cannot be repeated; remove them");
    }

    private static void CheckSpace(SpaceDraft draft, Section section, int? size, ErrorList errors)
    {
        if (draft.Base is not NetworkConfiguration)
        {
            errors.Add(section.Mark, "pbt hands networks of the built-in trainer from trial to trial; with a trainer of one's own, use asha or hyperband");
            return;
        }
        if (draft.Space.Parameters.Any(parameter => parameter.Name == Setting.Epochs))
            errors.Add(draft.MarkOf([Setting.Epochs]), "epochs: members of a population train equally long; give one value under training");
        if (draft.Space.Parameters.All(parameter => !Exploration.Names.Contains(parameter.Name)))
            errors.Add(
                section.Mark,
                $"pbt changes settings while trials train, and no parameter is one of these; search {string.Join(", ", Exploration.Names.Take(4))} or the augmentation");
        else if (draft.Space.IsFinite && draft.Space.All().Where(draft.Space.Allows).Take(size ?? 0).Count() is var count && count < size)
            errors.Add(section.Node("population")?.Mark ?? section.Mark, $"population: the search space has {count} configurations to begin with; ask for so many, or widen it");
    }
}
