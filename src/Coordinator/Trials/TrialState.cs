using System.Text.Json.Serialization;
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
/// <param name="Replicate">From 1: trials with equal <paramref name="ConfigurationHash"/> repeat each other with other seeds.</param>
/// <param name="Seed">See <see cref="TrialSeed"/>.</param>
/// <param name="Reports">Epochs 1, 2, 3 …, each once, whichever attempt was the first to report it.</param>
/// <param name="ResumedFrom">Epochs that were recorded when the newest attempt started.</param>
/// <param name="AttemptNumber">The newest attempt's number; 0 before the first.</param>
/// <param name="Worker">Where the newest attempt runs or ran.</param>
/// <param name="StartedAt">When the newest attempt started, or the coordinator that it found again; null before the first.</param>
/// <param name="IsRunning">The newest attempt holds the trial.</param>
/// <param name="FailedAttempts">Attempts since the newest recorded epoch that count towards the limit of retries.</param>
/// <param name="NotBefore">When the next attempt may start; null for at once.</param>
/// <param name="Outcome">Null until the trial has ended.</param>
/// <param name="Detail">Why it ended so, or has paused, for people; null where the outcome says all.</param>
/// <param name="Seconds">Time under lease, all attempts that are over together, and the running one's under earlier coordinators.</param>
/// <param name="IsPaused">The scheduler keeps the trial from going on.</param>
/// <param name="Pauses">How often it has.</param>
/// <param name="ByScheduler">The scheduler ended the trial.</param>
/// <param name="Exploits">When it took over other trials' networks, in order; empty but for population based training.</param>
public sealed record TrialState(
    TrialId Id,
    Hyperparameters Hyperparameters,
    TrialConfiguration Configuration,
    string ConfigurationHash,
    int Replicate,
    long Seed,
    EpochLog Reports,
    [property: JsonIgnore] Verdict Verdict,
    int ResumedFrom,
    int AttemptNumber,
    WorkerId? Worker,
    DateTimeOffset? StartedAt,
    bool IsRunning,
    int FailedAttempts,
    DateTimeOffset? NotBefore,
    TrialOutcome? Outcome,
    string? Detail,
    double Seconds,
    bool IsPaused = false,
    int Pauses = 0,
    bool ByScheduler = false,
    ValueArray<Exploit> Exploits = default)
{
    private Func<Hyperparameters, TrialConfiguration>? _resolve;

    /// <summary>What the newest epoch was trained with, or the next will be. Of a trial that has ended it is made anew for each of the few who ask.</summary>
    [JsonIgnore]
    public TrialConfiguration Configuration { get => field ?? _resolve!(Hyperparameters); init; } = Configuration;

    public bool IsWaiting => !IsRunning && !IsPaused && Outcome is null;

    /// <summary>
    /// It waits, and not for a time that is still to come. A time that is further off than any back-off tells of a clock that was set back.
    /// </summary>
    public bool MayStart(DateTimeOffset now) => IsWaiting && (NotBefore is not { } time || time <= now || time - now > FailurePolicy.LongestBackOff);

    /// <summary>What epoch <paramref name="epoch"/> was trained with, or would be.</summary>
    public Hyperparameters HyperparametersAt(int epoch) => Exploits.FirstOrDefault(exploit => exploit.Epoch >= epoch)?.Before ?? Hyperparameters;

    /// <summary>The newest attempt has added an epoch.</summary>
    public bool HasProgressed => Reports.Count > ResumedFrom;

    internal static TrialState Create(TrialCreated created, TrialConfiguration configuration, long seed) =>
        new(created.Trial, created.Hyperparameters, configuration, created.ConfigurationHash, created.Replicate, seed, [],
            new Verdict(VerdictKind.Undetermined, null, VerdictEvidence.NoEpoch), 0, 0, null, null, false, 0, null, null, null, 0);

    internal TrialState Start(AttemptStarted started) => this with
    {
        AttemptNumber = started.Attempt.Number,
        Worker = started.Worker,
        StartedAt = started.At,
        IsRunning = true,
        IsPaused = false,
        Detail = null,
        ResumedFrom = started.RecordedEpochs,
    };

    /// <summary>The time without a coordinator is nobody's: what an attempt did in it is known when it says so.</summary>
    internal TrialState Resume(DateTimeOffset last, DateTimeOffset at) => this with { Seconds = SecondsUntil(last), StartedAt = at };

    internal TrialState Record(EpochReport report, OverfitRule rule)
    {
        var reports = Reports.Add(report);
        return this with { Reports = reports, Verdict = rule.Judge(reports), FailedAttempts = 0 };
    }

    internal TrialState Close(bool counts, DateTimeOffset at)
    {
        var failures = FailedAttempts + (counts ? 1 : 0);
        return this with
        {
            IsRunning = false,
            FailedAttempts = failures,
            NotBefore = counts ? at + FailurePolicy.BackOff(failures) : null,
            Seconds = SecondsUntil(at),
        };
    }

    internal TrialState Pause(string detail, DateTimeOffset at) => this with
    {
        IsRunning = false,
        IsPaused = true,
        Pauses = Pauses + 1,
        Detail = detail,
        Seconds = SecondsUntil(at),
    };

    /// <param name="configuration">What the new hyperparameters resolve to.</param>
    internal TrialState Take(TrialExploited exploited, TrialConfiguration configuration) => this with
    {
        Hyperparameters = exploited.Hyperparameters,
        Configuration = configuration,
        Exploits = [.. Exploits, new Exploit(exploited.Epoch, exploited.Source, Hyperparameters, AttemptNumber + 1)],
    };

    internal TrialState Finish(TrialFinished finished) => this with
    {
        IsRunning = false,
        IsPaused = false,
        Outcome = finished.Outcome,
        Detail = finished.Detail,
        ByScheduler = finished.ByScheduler,
        Seconds = SecondsUntil(finished.At),
    };

    /// <summary>The same trial, in as little memory as it gets: there may be a hundred thousand that have ended.</summary>
    /// <param name="resolve">What hyperparameters resolve to.</param>
    internal TrialState Archived(Func<Hyperparameters, TrialConfiguration> resolve, OverfitRule rule)
    {
        var reports = Reports.Archived();
        return this with { Configuration = null!, _resolve = resolve, Reports = reports, Verdict = rule.Judge(reports) };
    }

    /// <summary>Under lease until then.</summary>
    internal double SecondsUntil(DateTimeOffset at) => IsRunning && StartedAt is { } start ? Seconds + (at - start).TotalSeconds : Seconds;
}

/// <summary>A trial took over another one's network and hyperparameters.</summary>
/// <param name="Epoch">After so many epochs of both.</param>
/// <param name="Before">What the trial trained with until then.</param>
/// <param name="FirstAttempt">The first that went on from there.</param>
public sealed record Exploit(int Epoch, TrialId Source, Hyperparameters Before, int FirstAttempt);
