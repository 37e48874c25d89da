using System.Collections.Immutable;
using Sweep.Coordinator.Overfitting;
using Sweep.Shared;

namespace Sweep.Coordinator.Trials;

/// <summary>How a trial ended; each trial ends once.</summary>
public enum TrialOutcome
{
    /// <summary>Its whole budget was trained.</summary>
    Completed,

    /// <summary>Ended early by a rule or a limit; the detail says which.</summary>
    Stopped,

    /// <summary>Ended early because it overfitted.</summary>
    Overfit,

    /// <summary>Its loss was NaN or infinite.</summary>
    Diverged,
    OutOfMemory,
    Failed,

    /// <summary>The sweep ended before it did.</summary>
    Cancelled,
}

/// <summary>One trial as the events tell it.</summary>
/// <param name="Reports">Of the newest attempt, epochs 1, 2, 3 …</param>
/// <param name="AttemptNumber">The newest attempt's number; 0 before the first.</param>
/// <param name="Worker">Where the newest attempt runs or ran.</param>
/// <param name="IsRunning">The newest attempt holds the trial.</param>
/// <param name="FailedAttempts">Attempts that count towards the limit of retries.</param>
/// <param name="Outcome">Null until the trial has ended.</param>
/// <param name="Detail">Why it ended so, for people; null where the outcome says all.</param>
/// <param name="Seconds">Time under lease, all attempts together.</param>
public sealed record TrialState(
    TrialId Id,
    Hyperparameters Hyperparameters,
    TrialConfiguration Configuration,
    string ConfigurationHash,
    ImmutableList<EpochReport> Reports,
    Verdict Verdict,
    int AttemptNumber,
    WorkerId? Worker,
    bool IsRunning,
    int FailedAttempts,
    TrialOutcome? Outcome,
    string? Detail,
    double Seconds);
