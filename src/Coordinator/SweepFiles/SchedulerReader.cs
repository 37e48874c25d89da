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
        (PopulationReader.Name, SchedulerKind.Pbt));

    private static readonly SettingType.Name Type = Names.Type with { NotBuilt = ["bohb"] };

    public static Section Open(Section file) => file.Child("scheduler", ["name", "min_epochs", "reduction_factor", .. PopulationReader.Keys]);

    public static SchedulerSettings Read(Section file, SpaceDraft draft, ErrorList errors)
    {
        var section = Open(file);
        if (!section.IsAbsent) section.Require("name", $"missing `scheduler.name`; give {Type.Expected}");
        var kind = section.Name("name", Type) is { } name ? Names.Of(name) : SchedulerKind.None;
        if (kind == SchedulerKind.Pbt) return new SchedulerSettings(kind) { Population = PopulationReader.Read(file, draft, errors) };
        PopulationReader.RefuseKeys(section, errors);
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
        return settings;
    }
}
