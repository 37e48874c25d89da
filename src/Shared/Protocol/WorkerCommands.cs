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
/// <param name="Origin">Where the trial goes on from, if not from its own beginning; null for that.</param>
/// <param name="KeepEvery">The checkpoint of every so-manieth epoch is kept, for other trials to begin from; null to keep the newest ones alone.</param>
public sealed record StartAttempt(
    AttemptId Attempt,
    TrialConfiguration Configuration,
    long Seed,
    long DataSeed,
    Objective Objective,
    string Storage,
    int RecordedEpochs,
    TimeSpan Lease,
    CheckpointOrigin? Origin = null,
    int? KeepEvery = null) : IWorkerCommand;

/// <summary>Another trial's checkpoint, from which a trial goes on instead of its own.</summary>
/// <param name="Trial">Whose it is.</param>
/// <param name="Attempts">So many attempts that trial has had; one of them has left the checkpoint.</param>
/// <param name="Epochs">Written after so many finished epochs.</param>
/// <param name="ConfigurationHash">What was trained with until then.</param>
/// <param name="Seed">That trial's seed.</param>
/// <param name="FirstAttempt">
/// The attempt of the trial that went on from there first: checkpoints of earlier ones belong to what it has given up.
/// </param>
/// <param name="Best">The best epoch that the trial itself had until then, whose model stays where none of the following is better; null for none.</param>
public sealed record CheckpointOrigin(
    TrialId Trial, int Attempts, int Epochs, string ConfigurationHash, long Seed, int FirstAttempt, EpochReport? Best = null);

/// <summary>The report of this epoch is stored. The worker trains on while it waits, and obeys at the next batch.</summary>
public sealed record EpochAcknowledged(AttemptId Attempt, int Epoch, TrialDecision Decision) : IWorkerCommand;

/// <summary>The attempt's end is stored.</summary>
public sealed record EndAcknowledged(AttemptId Attempt) : IWorkerCommand;

/// <summary>Stop, and say so: also the answer to anything from an attempt that no longer holds its trial.</summary>
public sealed record StopAttempt(AttemptId Attempt, string Reason) : IWorkerCommand;

/// <summary>The sweep knows the worker and has nothing for it now.</summary>
public sealed record WorkerNoted(WorkerId Worker) : IWorkerCommand;

public enum TrialDecision { Continue, Stop }
