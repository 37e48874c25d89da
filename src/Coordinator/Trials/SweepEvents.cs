using System.Text.Json.Serialization;
using Akka.Actor;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Trials;

/// <summary>A fact of the sweep. Facts are stored before anybody acts on them, carry their time, and are never changed.</summary>
public interface ISweepEvent
{
    DateTimeOffset At { get; }
}

/// <param name="SweepFileHash">SHA-256 of the sweep file as given, so that a changed one is noticed.</param>
public sealed record SweepStarted(SweepId Sweep, string Name, long Seed, string SweepFileHash, DateTimeOffset At) : ISweepEvent;

/// <param name="Replicate">The how-manieth trial of its configuration this is, from 1; histories from before there were replicates lack it.</param>
public sealed record TrialCreated(
    TrialId Trial, Hyperparameters Hyperparameters, string ConfigurationHash, DateTimeOffset At, int Replicate = 1) : ISweepEvent;

/// <summary>The attempt holds its trial from now on.</summary>
/// <param name="RecordedEpochs">Of the trial, by earlier attempts: those stand, and this attempt adds the epochs after them.</param>
public sealed record AttemptStarted(AttemptId Attempt, WorkerId Worker, int RecordedEpochs, DateTimeOffset At) : ISweepEvent;

public sealed record EpochRecorded(AttemptId Attempt, EpochReport Report, DateTimeOffset At) : ISweepEvent;

/// <summary>The attempt holds its trial no more, and the trial has not ended: it waits for another attempt.</summary>
/// <param name="CountsAsFailure">Towards the limit of retries.</param>
public sealed record AttemptClosed(AttemptId Attempt, AttemptClosure Closure, bool CountsAsFailure, string? Detail, DateTimeOffset At) : ISweepEvent;

public enum AttemptClosure
{
    /// <summary>Its worker handed it back.</summary>
    Released,

    /// <summary>Its worker died, was cut off, or was silent for longer than the lease.</summary>
    Lost,
    Failed,
}

/// <summary>The trial has ended. There is exactly one of these for a trial.</summary>
public sealed record TrialFinished(TrialId Trial, TrialOutcome Outcome, string? Detail, DateTimeOffset At) : ISweepEvent;

/// <summary>The sampler has nothing more to propose.</summary>
public sealed record SearchExhausted(DateTimeOffset At) : ISweepEvent;

public sealed record SweepFinished(SweepEnding Ending, DateTimeOffset At) : ISweepEvent;

public enum SweepEnding
{
    /// <summary>Every trial that was to run has ended.</summary>
    AllTrialsEnded,
    EpochLimit,
    DurationLimit,

    /// <summary>The first trials all failed before any trained an epoch.</summary>
    FailureStorm,
    Interrupted,
}

/// <summary>How events look in the history; released payloads never change.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SweepStarted))]
[JsonSerializable(typeof(TrialCreated))]
[JsonSerializable(typeof(AttemptStarted))]
[JsonSerializable(typeof(EpochRecorded))]
[JsonSerializable(typeof(AttemptClosed))]
[JsonSerializable(typeof(TrialFinished))]
[JsonSerializable(typeof(SearchExhausted))]
[JsonSerializable(typeof(SweepFinished))]
public sealed partial class SweepEventJson : JsonSerializerContext;

/// <summary>Events in the history.</summary>
public sealed class SweepEventSerializer(ExtendedActorSystem system) : ManifestSerializer(system, SweepEventJson.Default.Options, Table)
{
    public static readonly (string Manifest, Type Type)[] Table =
    [
        ("sweep-started-1", typeof(SweepStarted)),
        ("trial-created-1", typeof(TrialCreated)),
        ("attempt-started-1", typeof(AttemptStarted)),
        ("epoch-recorded-1", typeof(EpochRecorded)),
        ("attempt-closed-1", typeof(AttemptClosed)),
        ("trial-finished-1", typeof(TrialFinished)),
        ("search-exhausted-1", typeof(SearchExhausted)),
        ("sweep-finished-1", typeof(SweepFinished)),
    ];

    public override int Identifier => 4712;
}
