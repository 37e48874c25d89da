using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Views;

/// <summary>What events tell and the state does not keep: every attempt with its times, when trials ended, and when the best became better.</summary>
public sealed class SweepChronicle
{
    private readonly Dictionary<TrialId, AttemptRecord> _newest = [];
    private readonly List<AttemptRecord> _attempts = [];
    private readonly List<Improvement> _improvements = [];
    private readonly List<TrialEnd> _ends = [];
    private int _epochs;

    /// <summary>When the sweep began; null before.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>In the order in which they started.</summary>
    public IReadOnlyList<AttemptRecord> Attempts => _attempts;

    /// <summary>Each epoch that was better than all before it.</summary>
    public IReadOnlyList<Improvement> Improvements => _improvements;

    /// <summary>Trials in the order in which they ended.</summary>
    public IReadOnlyList<TrialEnd> Ends => _ends;

    /// <summary>Of one trial, in the order in which they started.</summary>
    public IReadOnlyList<AttemptRecord> AttemptsOf(TrialId trial)
    {
        var attempts = new List<AttemptRecord>();
        for (var attempt = _newest.GetValueOrDefault(trial); attempt is not null; attempt = attempt.Before) attempts.Add(attempt);
        attempts.Reverse();
        return attempts;
    }

    /// <summary>Of a whole history.</summary>
    public static SweepChronicle Of(Objective objective, IEnumerable<ISweepEvent> events)
    {
        var chronicle = new SweepChronicle();
        foreach (var sweepEvent in events) chronicle.Enter(objective, sweepEvent);
        return chronicle;
    }

    internal void Enter(Objective objective, ISweepEvent sweepEvent)
    {
        switch (sweepEvent)
        {
            case SweepStarted started: StartedAt = started.At; break;
            case SweepResumed or SweepExtended: EndedAt = null; break;
            case AttemptStarted started: Start(started); break;
            case EpochRecorded recorded: Record(objective, recorded); break;
            case AttemptClosed closed: End(closed.Attempt.Trial, new AttemptEnd(closed.At, FateOf(closed.Closure), null, closed.Failure, closed.Detail)); break;
            case TrialPaused paused: End(paused.Attempt.Trial, new AttemptEnd(paused.At, AttemptFate.Paused, null, null, paused.Detail)); break;
            case TrialFinished finished:
                End(finished.Trial, new AttemptEnd(finished.At, finished.Failure is null ? AttemptFate.Finished : AttemptFate.Failed, finished.Outcome, finished.Failure, finished.Detail));
                _ends.Add(new TrialEnd(finished.Trial, finished.At, _epochs));
                break;
            case SweepFinished finished: EndedAt = finished.At; break;
        }
    }

    private void Start(AttemptStarted started)
    {
        var before = _newest.GetValueOrDefault(started.Attempt.Trial);
        var attempt = new AttemptRecord(started.Attempt, started.Worker, started.At, started.RecordedEpochs) { Before = before };
        _attempts.Add(attempt);
        _newest[started.Attempt.Trial] = attempt;
    }

    private void Record(Objective objective, EpochRecorded recorded)
    {
        _epochs++;
        if (_newest.TryGetValue(recorded.Attempt.Trial, out var newest)) newest.Epochs++;
        var value = objective.Of(recorded.Report);
        if (double.IsFinite(value) && (_improvements.Count == 0 || objective.IsBetter(value, _improvements[^1].Objective)))
            _improvements.Add(new Improvement(recorded.Attempt.Trial, recorded.At, value, _epochs));
    }

    private void End(TrialId trial, AttemptEnd end)
    {
        if (_newest.TryGetValue(trial, out var newest)) newest.End ??= end;
    }

    private static AttemptFate FateOf(AttemptClosure closure) => closure switch
    {
        AttemptClosure.Released => AttemptFate.Released,
        AttemptClosure.Lost => AttemptFate.Lost,
        AttemptClosure.Failed => AttemptFate.Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(closure), closure, null),
    };
}

/// <summary>One attempt from its start to its end.</summary>
/// <param name="FirstEpoch">Epochs of its trial that were recorded when it started.</param>
public sealed record AttemptRecord(AttemptId Attempt, WorkerId Worker, DateTimeOffset StartedAt, int FirstEpoch)
{
    /// <summary>The trial's attempt before it; null for the first.</summary>
    internal AttemptRecord? Before { get; init; }

    /// <summary>Null while it holds its trial.</summary>
    public AttemptEnd? End { get; internal set; }

    /// <summary>That it has added.</summary>
    public int Epochs { get; internal set; }

    /// <summary>For which it held its trial, or has held it until then.</summary>
    public double SecondsUntil(DateTimeOffset now) => ((End?.At ?? now) - StartedAt).TotalSeconds;
}

/// <summary>How an attempt let go of its trial.</summary>
public enum AttemptFate
{
    /// <summary>The trial ended with it, and it did not fail.</summary>
    Finished,

    /// <summary>The scheduler took its worker away.</summary>
    Paused,
    Released,
    Lost,
    Failed,
}

/// <param name="Outcome">Of the trial, where that ended with it.</param>
/// <param name="Failure">Why it was lost, handed back or failed; null where it was not.</param>
public sealed record AttemptEnd(DateTimeOffset At, AttemptFate Fate, TrialOutcome? Outcome, FailureClass? Failure, string? Detail);

/// <param name="Epochs">Of the whole sweep, until then.</param>
public readonly record struct Improvement(TrialId Trial, DateTimeOffset At, double Objective, int Epochs);

/// <param name="Epochs">Of the whole sweep, until then.</param>
public readonly record struct TrialEnd(TrialId Trial, DateTimeOffset At, int Epochs);
