using Sweep.Coordinator.Schedulers;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>The section <c>scheduler</c>.</summary>
internal static class SchedulerReader
{
    private static readonly NameTable<SchedulerKind> Names = new(
        ("none", SchedulerKind.None),
        ("median", SchedulerKind.Median),
        ("asha", SchedulerKind.Asha),
        ("hyperband", SchedulerKind.Hyperband),
        ("bohb", SchedulerKind.Bohb),
        ("screening", SchedulerKind.Screening),
        (PopulationReader.Name, SchedulerKind.Pbt));

    private static readonly SettingType.Name Type = new([.. Names.Type.Available, "auto"]);

    public static Section Open(Section file) => file.Child("scheduler", ["name", "min_epochs", "reduction_factor", .. SecondsReader.Keys, .. PopulationReader.Keys]);

    /// <param name="search">Null where it is in error.</param>
    public static SchedulerSettings Read(Section file, SpaceDraft draft, SearchSettings? search, ErrorList errors)
    {
        var section = Open(file);
        if (!section.IsAbsent) section.Require("name", $"missing `scheduler.name`; give {Type.Expected}");
        var name = section.Name("name", Type);
        var kind = name is not (null or "auto") ? Names.Of(name) : SchedulerKind.None;
        if (kind == SchedulerKind.Pbt) SecondsReader.RefuseKeys(section, errors);
        if (kind == SchedulerKind.Pbt) return new SchedulerSettings(kind) { Population = PopulationReader.Read(file, draft, errors) };
        PopulationReader.RefuseKeys(section, errors);
        if (SecondsReader.IsAskedFor(section)) return SecondsReader.Read(section, kind, errors);
        SecondsReader.RefuseKeys(section, errors);
        if (name == "auto") return Auto(section, draft, search, errors);
        var defaults = new SchedulerSettings(kind);
        var settings = new SchedulerSettings(
            kind,
            section.Integer("min_epochs", min: 1) ?? defaults.MinEpochs,
            section.Integer("reduction_factor", min: 2) ?? defaults.ReductionFactor);
        if (kind != SchedulerKind.None && draft.MaxEpochs is { } epochs && settings.MinEpochs >= epochs)
        {
            errors.Add(
                section.Node("min_epochs")?.Mark ?? section.Mark,
                $"min_epochs: trials train at most {epochs}, so that none would be judged after {settings.MinEpochs}; give fewer, or scheduler: {{name: none}}");
        }
        if (kind == SchedulerKind.Bohb && search is { Algorithm: not SearchAlgorithm.Tpe })
            errors.Add(section.Node("name")?.Mark ?? section.Mark, "bohb is hyperband with search by tpe; give search: {algorithm: tpe}, or scheduler: {name: hyperband}");
        return settings;
    }

    private static SchedulerSettings Auto(Section section, SpaceDraft draft, SearchSettings? search, ErrorList errors)
    {
        foreach (var key in (string[])["min_epochs", "reduction_factor"])
            if (section.Node(key) is { } node) errors.Add(node.Mark, $"{key}: auto chooses it; take it away, or name a scheduler");
        return SchedulerChoice.Of(search?.Algorithm, search?.Trials, draft.MaxEpochs ?? 1);
    }
}
