using System.Runtime.Serialization;
using System.Text.Json;
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

/// <param name="SweepFileHash">SHA-256 of the sweep file as given.</param>
/// <param name="SweepFile">The text of the file; null in histories of version 0.1, which kept the hash alone.</param>
/// <param name="Program">Version of the coordinator; null in those.</param>
public sealed record SweepStarted(
    SweepId Sweep, string Name, long Seed, string SweepFileHash, DateTimeOffset At, string? SweepFile = null, string? Program = null) : ISweepEvent;

/// <summary>The search begins with what an earlier run has found out; the run is not needed any more.</summary>
public sealed record LessonsLearned(RunLessons Lessons, DateTimeOffset At) : ISweepEvent;

/// <summary>Another coordinator process goes on with the sweep. What was interrupted is no more.</summary>
/// <param name="Process">Names the process, so that it resumes a sweep once however often it asks.</param>
/// <param name="Program">Its version.</param>
public sealed record SweepResumed(Guid Process, string Program, DateTimeOffset At) : ISweepEvent;

/// <summary>A person keeps the sweep from going on: no trial starts until it is unpaused, by this process or another one.</summary>
public sealed record SweepPaused(DateTimeOffset At) : ISweepEvent;

public sealed record SweepUnpaused(DateTimeOffset At) : ISweepEvent;

/// <summary>The sweep may do more than it was begun with, and has not ended any more.</summary>
public sealed record SweepExtended(SweepExtension Extension, DateTimeOffset At) : ISweepEvent;

/// <param name="Replicate">The how-manieth trial of its configuration this is, from 1; histories from before there were replicates lack it.</param>
public sealed record TrialCreated(
    TrialId Trial, Hyperparameters Hyperparameters, string ConfigurationHash, DateTimeOffset At, int Replicate = 1) : ISweepEvent;

/// <summary>The attempt holds its trial from now on.</summary>
/// <param name="RecordedEpochs">Of the trial, by earlier attempts: those stand, and this attempt adds the epochs after them.</param>
/// <param name="WorkerMemoryBytes">What the worker said that it has; null where nobody knows, and in older histories.</param>
public sealed record AttemptStarted(AttemptId Attempt, WorkerId Worker, int RecordedEpochs, DateTimeOffset At, long? WorkerMemoryBytes = null) : ISweepEvent;

public sealed record EpochRecorded(AttemptId Attempt, EpochReport Report, DateTimeOffset At) : ISweepEvent;

/// <summary>The attempt holds its trial no more, and the trial has not ended: it waits for another attempt.</summary>
/// <param name="CountsAsFailure">Towards the limit of retries.</param>
/// <param name="Failure">Null in histories of version 0.1.</param>
public sealed record AttemptClosed(
    AttemptId Attempt, AttemptClosure Closure, bool CountsAsFailure, string? Detail, DateTimeOffset At, FailureClass? Failure = null) : ISweepEvent;

public enum AttemptClosure
{
    /// <summary>Its worker handed it back.</summary>
    Released,

    /// <summary>Its worker died, was cut off, or was silent for longer than the lease.</summary>
    Lost,
    Failed,
}

/// <summary>
/// The scheduler has taken the attempt's worker away. The trial keeps its checkpoint, goes on with the <see cref="AttemptStarted"/> by
/// which it is promoted, and ends where there is none.
/// </summary>
/// <param name="Detail">Why, for people.</param>
public sealed record TrialPaused(AttemptId Attempt, string Detail, DateTimeOffset At) : ISweepEvent;

/// <summary>
/// A paused trial takes over another one's network and hyperparameters, the latter a little changed, and goes on with its next attempt from that
/// one's checkpoint after as many epochs. Its own epochs stand.
/// </summary>
/// <param name="Epoch">Epochs of both.</param>
/// <param name="Hyperparameters">Of the trial from now on.</param>
public sealed record TrialExploited(TrialId Trial, TrialId Source, int Epoch, Hyperparameters Hyperparameters, DateTimeOffset At) : ISweepEvent;

/// <summary>The trial has ended. There is exactly one of these for a trial.</summary>
/// <param name="Failure">Null where it did not fail, and in histories of version 0.1.</param>
/// <param name="ByScheduler">The scheduler stopped it, or did not promote it.</param>
public sealed record TrialFinished(
    TrialId Trial, TrialOutcome Outcome, string? Detail, DateTimeOffset At, FailureClass? Failure = null, bool ByScheduler = false) : ISweepEvent;

/// <summary>
/// An attempt that had lost its trial reported an epoch, which was refused. There is one of these for such an attempt, however often it reports.
/// </summary>
public sealed record AttemptRefused(AttemptId Attempt, WorkerId Worker, DateTimeOffset At) : ISweepEvent;

/// <summary>The sampler has nothing more to propose.</summary>
public sealed record SearchExhausted(DateTimeOffset At) : ISweepEvent;

/// <param name="Detail">Why, for people; null where the ending says all, and in histories of version 0.1.</param>
public sealed record SweepFinished(SweepEnding Ending, DateTimeOffset At, string? Detail = null) : ISweepEvent;

public enum SweepEnding
{
    /// <summary>Every trial that was to run has ended.</summary>
    AllTrialsEnded,
    EpochLimit,
    DurationLimit,
    GpuHoursLimit,

    /// <summary>An epoch's objective was as good as was asked for.</summary>
    TargetReached,

    /// <summary>So many trials in a row brought no new best.</summary>
    PatienceSpent,

    /// <summary>Trials failed alike, one after the other: a person should look before the rest does too. The sweep can be resumed.</summary>
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
[JsonSerializable(typeof(LessonsLearned))]
[JsonSerializable(typeof(Lesson))]
[JsonSerializable(typeof(SweepResumed))]
[JsonSerializable(typeof(SweepExtended))]
[JsonSerializable(typeof(SweepPaused))]
[JsonSerializable(typeof(SweepUnpaused))]
[JsonSerializable(typeof(TrialCreated))]
[JsonSerializable(typeof(AttemptStarted))]
[JsonSerializable(typeof(EpochRecorded))]
[JsonSerializable(typeof(AttemptClosed))]
[JsonSerializable(typeof(TrialPaused))]
[JsonSerializable(typeof(TrialExploited))]
[JsonSerializable(typeof(TrialFinished))]
[JsonSerializable(typeof(AttemptRefused))]
[JsonSerializable(typeof(SearchExhausted))]
[JsonSerializable(typeof(SweepFinished))]
[JsonSerializable(typeof(Metric))]
public sealed partial class SweepEventJson : JsonSerializerContext;

/// <summary>
/// Events in the history. A manifest is a name and the version of its payload. An older version is read by the newer one's type,
/// whose additions are optional.
/// </summary>
public sealed class SweepEventSerializer(ExtendedActorSystem system) : ManifestSerializer(system, SweepEventJson.Default.Options, Table)
{
    public static readonly (string Manifest, Type Type)[] Table =
    [
        ("sweep-started-2", typeof(SweepStarted)),
        ("lessons-learned-1", typeof(LessonsLearned)),
        ("sweep-resumed-1", typeof(SweepResumed)),
        ("sweep-extended-1", typeof(SweepExtended)),
        ("sweep-paused-1", typeof(SweepPaused)),
        ("sweep-unpaused-1", typeof(SweepUnpaused)),
        ("trial-created-1", typeof(TrialCreated)),
        ("attempt-started-1", typeof(AttemptStarted)),
        ("epoch-recorded-1", typeof(EpochRecorded)),
        ("attempt-closed-2", typeof(AttemptClosed)),
        ("trial-paused-1", typeof(TrialPaused)),
        ("trial-exploited-1", typeof(TrialExploited)),
        ("trial-finished-2", typeof(TrialFinished)),
        ("attempt-refused-1", typeof(AttemptRefused)),
        ("search-exhausted-1", typeof(SearchExhausted)),
        ("sweep-finished-3", typeof(SweepFinished)),
    ];

    /// <summary>Manifests of earlier releases, each with the one that it is read as.</summary>
    private static readonly Dictionary<string, string> Older = new()
    {
        ["sweep-started-1"] = "sweep-started-2",
        ["attempt-closed-1"] = "attempt-closed-2",
        ["trial-finished-1"] = "trial-finished-2",
        ["sweep-finished-1"] = "sweep-finished-3",
        ["sweep-finished-2"] = "sweep-finished-3",
    };

    public override int Identifier => 4712;

    /// <exception cref="SerializationException">The manifest is of no version that this program knows, or the payload is damaged.</exception>
    public static ISweepEvent Read(byte[] payload, string manifest)
    {
        var current = Older.GetValueOrDefault(manifest, manifest);
        var type = Table.FirstOrDefault(entry => entry.Manifest == current).Type
            ?? throw new SerializationException($"this program does not know events of the kind '{manifest}'; use one as new as that which wrote it");
        try
        {
            return JsonSerializer.Deserialize(payload, SweepEventJson.Default.GetTypeInfo(type)!) as ISweepEvent
                ?? throw new SerializationException($"an event of the kind '{manifest}' is empty");
        }
        catch (JsonException exception)
        {
            throw new SerializationException($"an event of the kind '{manifest}' cannot be read: {exception.Message}", exception);
        }
    }

    public override object FromBinary(byte[] bytes, string manifest) => Read(bytes, manifest);
}
