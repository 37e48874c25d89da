using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Views;

/// <summary>What events tell and the state does not keep: every attempt with its times, when trials ended, and when the best became better.</summary>
public sealed class SweepChronicle
{
    private readonly Dictionary<TrialId, List<AttemptRecord>> _byTrial = [];
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

    public IReadOnlyList<AttemptRecord> AttemptsOf(TrialId trial) => _byTrial.GetValueOrDefault(trial) ?? [];

    internal void Enter(Objective objective, ISweepEvent sweepEvent)
    {
        switch (sweepEvent)
        {
            case SweepStarted started: StartedAt = started.At; break;
            case SweepResumed or SweepExtended: EndedAt = null; break;
            case AttemptStarted started: Start(started); break;
            case EpochRecorded recorded: Record(objective, recorded); break;
            case AttemptClosed closed: End(closed.Attempt.Trial, closed.At, closed.Closure.ToString(), closed.Detail); break;
            case TrialPaused paused: End(paused.Attempt.Trial, paused.At, "Paused", paused.Detail); break;
            case TrialFinished finished:
                End(finished.Trial, finished.At, finished.Outcome.ToString(), finished.Detail);
                _ends.Add(new TrialEnd(finished.Trial, finished.At, _epochs));
                break;
            case SweepFinished finished: EndedAt = finished.At; break;
        }
    }

    private void Start(AttemptStarted started)
    {
        var attempt = new AttemptRecord(started.Attempt, started.Worker, started.At, started.RecordedEpochs);
        _attempts.Add(attempt);
        if (_byTrial.TryGetValue(started.Attempt.Trial, out var attempts)) attempts.Add(attempt);
        else _byTrial[started.Attempt.Trial] = [attempt];
    }

    private void Record(Objective objective, EpochRecorded recorded)
    {
        _epochs++;
        if (AttemptsOf(recorded.Attempt.Trial) is [.., var newest]) newest.Epochs++;
        var value = objective.Of(recorded.Report);
        if (double.IsFinite(value) && (_improvements.Count == 0 || objective.IsBetter(value, _improvements[^1].Objective)))
            _improvements.Add(new Improvement(recorded.Attempt.Trial, recorded.At, value, _epochs));
    }

    private void End(TrialId trial, DateTimeOffset at, string ending, string? detail)
    {
        if (AttemptsOf(trial) is [.., { EndedAt: null } newest]) (newest.EndedAt, newest.Ending, newest.Detail) = (at, ending, detail);
    }
}

/// <summary>One attempt from its start to its end.</summary>
/// <param name="FirstEpoch">Epochs of its trial that were recorded when it started.</param>
public sealed record AttemptRecord(AttemptId Attempt, WorkerId Worker, DateTimeOffset StartedAt, int FirstEpoch)
{
    /// <summary>Null while it holds its trial.</summary>
    public DateTimeOffset? EndedAt { get; internal set; }

    /// <summary>The trial's outcome, <c>Paused</c>, or how the attempt was closed; null while it holds its trial.</summary>
    public string? Ending { get; internal set; }

    public string? Detail { get; internal set; }

    /// <summary>That it has added.</summary>
    public int Epochs { get; internal set; }
}

/// <param name="Epochs">Of the whole sweep, until then.</param>
public readonly record struct Improvement(TrialId Trial, DateTimeOffset At, double Objective, int Epochs);

/// <param name="Epochs">Of the whole sweep, until then.</param>
public readonly record struct TrialEnd(TrialId Trial, DateTimeOffset At, int Epochs);
