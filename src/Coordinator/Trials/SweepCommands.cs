using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Trials;

/// <summary>What may happen to a sweep. The time is an argument like any other.</summary>
public interface ISweepCommand
{
    DateTimeOffset Now { get; }
}

public sealed record StartSweep(SweepId Sweep, string SweepFileHash, DateTimeOffset Now) : ISweepCommand;

/// <summary>An idle worker asks for work.</summary>
public sealed record AssignTrial(WorkerId Worker, DateTimeOffset Now) : ISweepCommand;

public sealed record RecordEpoch(AttemptId Attempt, WorkerId Worker, EpochReport Report, DateTimeOffset Now) : ISweepCommand;

public sealed record EndAttempt(AttemptId Attempt, WorkerId Worker, AttemptEnding Ending, string? Detail, DateTimeOffset Now) : ISweepCommand;

/// <summary>The worker is gone, or silent for longer than its lease.</summary>
public sealed record LoseWorker(WorkerId Worker, string Reason, DateTimeOffset Now) : ISweepCommand;

/// <summary>Time has passed: limits may have been reached.</summary>
public sealed record CheckLimits(DateTimeOffset Now) : ISweepCommand;

/// <summary>A person wants the sweep to end now.</summary>
public sealed record InterruptSweep(DateTimeOffset Now) : ISweepCommand;
