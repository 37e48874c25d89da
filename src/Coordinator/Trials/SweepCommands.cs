using System.Collections.Immutable;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Trials;

/// <summary>What may happen to a sweep. The time is an argument like any other.</summary>
public interface ISweepCommand
{
    DateTimeOffset Now { get; }
}

/// <param name="Program">Version of the coordinator.</param>
/// <param name="Lessons">What earlier runs teach, one a run.</param>
public sealed record StartSweep(SweepId Sweep, SweepFileText SweepFile, string Program, DateTimeOffset Now, ValueArray<RunLessons> Lessons = default) : ISweepCommand;

/// <summary>A coordinator process takes over from one that has ended. Repeated by the same process, it does nothing.</summary>
/// <param name="Process">Names the process.</param>
/// <param name="Program">Its version.</param>
/// <param name="Gone">Workers that are known to have ended with the coordinator before.</param>
/// <param name="Extension">What the sweep may do more than before; null for nothing.</param>
public sealed record ResumeSweep(
    Guid Process, string Program, ImmutableArray<WorkerId> Gone, SweepExtension? Extension, DateTimeOffset Now) : ISweepCommand;

/// <param name="SweepFile">The text that says so.</param>
/// <param name="Sharing">Null in histories from before sweeps shared workers: then it stays as it is.</param>
public sealed record SweepExtension(string SweepFile, int? Trials, SweepLimits Limits, SharingSettings? Sharing = null)
{
    /// <summary>The definition with what is raised, and its new share; all else stays.</summary>
    public SweepDefinition Extend(SweepDefinition definition) =>
        definition with { Search = definition.Search with { Trials = Trials }, Limits = Limits, Sharing = Sharing ?? definition.Sharing };
}

/// <summary>An idle worker asks for work.</summary>
/// <param name="MemoryBytes">What it has; null where nobody knows.</param>
public sealed record AssignTrial(WorkerId Worker, DateTimeOffset Now, long? MemoryBytes = null) : ISweepCommand;

public sealed record RecordEpoch(AttemptId Attempt, WorkerId Worker, EpochReport Report, DateTimeOffset Now) : ISweepCommand;

public sealed record EndAttempt(AttemptId Attempt, WorkerId Worker, AttemptEnding Ending, string? Detail, DateTimeOffset Now) : ISweepCommand;

/// <summary>The worker is gone, or silent for longer than its lease.</summary>
public sealed record LoseWorker(WorkerId Worker, string Reason, DateTimeOffset Now) : ISweepCommand;

/// <summary>Time has passed: limits may have been reached.</summary>
public sealed record CheckLimits(DateTimeOffset Now) : ISweepCommand;

/// <summary>Something that a person wants. <see cref="SweepOrders"/> says whether it can be done.</summary>
public interface ISweepOrder : ISweepCommand;

/// <summary>The sweep ends now, and can be resumed.</summary>
public sealed record InterruptSweep(DateTimeOffset Now) : ISweepOrder;

/// <summary>Workers hand back what they train, and get nothing until the sweep is unpaused. It stays paused when it is resumed by another process.</summary>
public sealed record PauseSweep(DateTimeOffset Now) : ISweepOrder;

public sealed record UnpauseSweep(DateTimeOffset Now) : ISweepOrder;

public sealed record ExtendSweep(SweepExtension Extension, DateTimeOffset Now) : ISweepOrder;

/// <summary>This configuration of the space is tried before anything that the sampler proposes.</summary>
public sealed record EnqueueTrial(Hyperparameters Hyperparameters, DateTimeOffset Now) : ISweepOrder;

/// <summary>The trial ends with what it has measured.</summary>
public sealed record StopTrial(TrialId Trial, DateTimeOffset Now) : ISweepOrder;
