using Sweep.Coordinator.Objectives;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;
using Sweep.Shared.Datasets;

namespace Sweep.Coordinator.Reports;

/// <summary>What every view says of the sweep as a whole.</summary>
public sealed record SweepFacts(
    string Name, long Seed, DatasetName Dataset, Objective Objective, SchedulerKind Scheduler = SchedulerKind.None)
{
    /// <summary>See <see cref="SweepDefinition.FurtherObjectives"/>.</summary>
    public ValueArray<FurtherObjective> FurtherObjectives { get; init; }

    public static SweepFacts Of(SweepDefinition sweep) => new(sweep.Name, sweep.Seed, sweep.Base.Dataset.Name, sweep.Objective, sweep.Scheduler.Kind)
    {
        FurtherObjectives = sweep.FurtherObjectives,
    };
}
