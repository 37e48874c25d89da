using Sweep.Coordinator.Objectives;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;
using Sweep.Shared.Datasets;

namespace Sweep.Coordinator.Reports;

/// <summary>What every view says of the sweep as a whole.</summary>
/// <param name="Dataset">Null where the trainer alone knows.</param>
public sealed record SweepFacts(
    string Name, long Seed, DatasetName? Dataset, Objective Objective, SchedulerKind Scheduler = SchedulerKind.None)
{
    /// <summary>As sweep files call it.</summary>
    public string? DatasetName => Dataset is { } name ? DatasetFacts.Of(name).FileName : null;

    /// <summary>What was searched; null where nobody asks what mattered.</summary>
    public SearchSpace? Space { get; init; }

    /// <summary>See <see cref="SweepDefinition.FurtherObjectives"/>.</summary>
    public ValueArray<FurtherObjective> FurtherObjectives { get; init; }

    public static SweepFacts Of(SweepDefinition sweep) => new(sweep.Name, sweep.Seed, (sweep.Base as NetworkConfiguration)?.Dataset.Name, sweep.Objective, sweep.Scheduler.Kind)
    {
        Space = sweep.Space,
        FurtherObjectives = sweep.FurtherObjectives,
    };
}
