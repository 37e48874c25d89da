using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sweep.Shared;

namespace Sweep.Coordinator.Trials;

/// <summary>
/// What a state is made of, without what follows from the rest: configurations from hyperparameters, verdicts from curves, who runs and who
/// waits from the trials. See <see cref="SweepState.ToSnapshot"/>.
/// </summary>
/// <param name="Since">Since when this coordinator, or the last one, has been at work.</param>
/// <param name="Before">How long those before it were.</param>
/// <param name="Newest">When the newest event happened.</param>
/// <param name="Seconds">That attempts which are over have held workers, and running ones under earlier coordinators.</param>
/// <param name="Observed">Hashes of the configurations that have ended, in the order in which they did.</param>
/// <param name="Trials">All, in the order of their numbers.</param>
/// <param name="IsPaused">A person keeps the sweep from going on.</param>
/// <param name="Lessons">Of earlier runs.</param>
/// <param name="InformedAt">Trials that had been created when the first whole result was known; null while there is none.</param>
public sealed record SweepSnapshot(
    SweepId Sweep,
    Guid? ResumedBy,
    string? Began,
    string SweepFileHash,
    ImmutableArray<SweepExtension> Extensions,
    string? Program,
    bool IsExhausted,
    SweepEnding? Ending,
    FailureStreak? Streak,
    ImmutableArray<AttemptId> Refused,
    DateTimeOffset Since,
    TimeSpan Before,
    DateTimeOffset Newest,
    double Seconds,
    Lead? Leader,
    int TrialsSinceBest,
    ImmutableArray<string> Observed,
    ImmutableArray<TrialState> Trials,
    bool IsPaused = false,
    ImmutableArray<RunLessons> Lessons = default,
    int? InformedAt = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    IgnoreReadOnlyProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SweepSnapshot))]
[JsonSerializable(typeof(Exploit))]
[JsonSerializable(typeof(Lesson))]
public sealed partial class SweepSnapshotJson : JsonSerializerContext;
