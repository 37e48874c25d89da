using System.Collections.Immutable;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Coordinator.Views;

namespace Sweep.Coordinator.Api;

/// <summary>Whom the scheduler promoted, paused and stopped, rung by rung.</summary>
/// <param name="Rungs">Empty for a scheduler without rungs.</param>
/// <param name="Stopped">Trials that the scheduler ended, or in the end did not promote, newest first.</param>
/// <param name="StoppedTotal">How many there are.</param>
/// <param name="EpochsSaved">That those had left.</param>
public sealed record RungsDocument(
    SchedulerKind Scheduler, ImmutableArray<RungRow> Rungs, IReadOnlyList<StoppedTrial> Stopped, int StoppedTotal, long EpochsSaved, long Number)
{
    public static RungsDocument Of(AllTrials all, int limit)
    {
        var stopped = all.Rows.Where(row => row.StoppedByScheduler).ToList();
        return new RungsDocument(
            all.State.Definition.Scheduler.Kind, RungTable.Of(all.State, limit),
            [.. stopped.AsEnumerable().Reverse().Take(limit).Select(row => new StoppedTrial(row.Trial.Number, row.EpochsTrained, row.Detail))],
            stopped.Count, stopped.Sum(row => (long)row.EpochsAllowed - row.EpochsTrained), all.Number);
    }
}

public sealed record StoppedTrial(int Trial, int Epochs, string? Detail);

/// <summary>Of population based training: who took over whose network.</summary>
/// <param name="Members">All trials, with how far they have come.</param>
public sealed record LineageDocument(IReadOnlyList<NetworkCopy> Copies, IReadOnlyList<PopulationMember> Members, long Number)
{
    public static LineageDocument Of(AllTrials all) => all.State.Definition.Scheduler.Population is null
        ? new([], [], all.Number)
        : new([.. NetworkCopy.In(all.State)], [.. all.Rows.Select(row => new PopulationMember(row.Trial.Number, row.EpochsTrained))], all.Number);
}

public sealed record PopulationMember(int Trial, int EpochsTrained);
