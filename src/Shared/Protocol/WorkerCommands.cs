namespace Sweep.Shared.Protocol;

/// <summary>What the sweep tells a worker.</summary>
public interface IWorkerCommand;

/// <summary>Train this under this lease. Sent again, with the same number, until the worker is seen to run it.</summary>
/// <param name="Seed">The trial's seed: equal seeds and configurations train equal networks.</param>
/// <param name="DataSeed">The sweep's seed for the validation split and the limits: all trials of a sweep see the same images.</param>
/// <param name="Objective">Which epoch's model to keep: the best by this.</param>
/// <param name="Storage">The run folder, as an absolute path: <see cref="AttemptFolder"/> says what is where in it.</param>
/// <param name="RecordedEpochs">So many epochs of the trial are recorded, by earlier attempts: the worker need not report them again.</param>
/// <param name="Lease">How long the attempt stays valid without a word from the worker.</param>
public sealed record StartAttempt(
    AttemptId Attempt,
    TrialConfiguration Configuration,
    long Seed,
    long DataSeed,
    Objective Objective,
    string Storage,
    int RecordedEpochs,
    TimeSpan Lease) : IWorkerCommand;

/// <summary>The report of this epoch is stored. The worker trains on while it waits, and obeys at the next batch.</summary>
public sealed record EpochAcknowledged(AttemptId Attempt, int Epoch, TrialDecision Decision) : IWorkerCommand;

/// <summary>The attempt's end is stored.</summary>
public sealed record EndAcknowledged(AttemptId Attempt) : IWorkerCommand;

/// <summary>Stop, and say so: also the answer to anything from an attempt that no longer holds its trial.</summary>
public sealed record StopAttempt(AttemptId Attempt, string Reason) : IWorkerCommand;

/// <summary>The sweep knows the worker and has nothing for it now.</summary>
public sealed record WorkerNoted(WorkerId Worker) : IWorkerCommand;

public enum TrialDecision { Continue, Stop }
