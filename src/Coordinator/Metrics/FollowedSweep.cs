using System.Diagnostics.Metrics;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Metrics;

/// <summary>What is counted as it happens; all sweeps have it in common.</summary>
internal sealed record SweepInstruments(Counter<long> Losses, Counter<long> Retries, Histogram<double> Answers, Histogram<double> Writes);

/// <summary>One sweep as its metrics see it. The listener's methods are called on the sweep's thread; all else may be read from any.</summary>
internal sealed class FollowedSweep : ISweepListener
{
    private readonly SweepInstruments _instruments;
    private readonly KeyValuePair<string, object?> _label;
    private readonly int[] _outcomes = new int[Enum.GetValues<TrialOutcome>().Length];
    private volatile SweepState _state;
    private volatile bool _isStoreLost;
    private volatile int _waiting;
    private long _seen;

    public FollowedSweep(SweepId sweep, SweepState initial, long seen, int searchTrials, SweepInstruments instruments)
    {
        (_state, _seen, SearchTrials, _instruments) = (initial, seen, searchTrials, instruments);
        _label = new("sweep", sweep.Value);
        foreach (var trial in initial.Trials)
            if (trial.Outcome is { } outcome) _outcomes[(int)outcome]++;
        // Counters that are there before they count: a first loss is seen as one.
        _instruments.Losses.Add(0, _label);
        foreach (var failure in Enum.GetValues<FailureClass>().Where(FailurePolicy.IsRetried)) _instruments.Retries.Add(0, _label, SweepMetrics.Tag("class", failure));
    }

    public SweepState State => _state;

    public int SearchTrials { get; }

    public bool IsStoreLost => _isStoreLost;

    /// <summary>Commands in the queue.</summary>
    public int Waiting => _waiting;

    /// <summary>Over the newest epochs of the attempts under way.</summary>
    public double ImagesPerSecond => State is var state
        ? state.Running.Values.Select(attempt => state[attempt.Trial]).Where(trial => trial.HasProgressed).Sum(trial => trial.Reports[^1].ImagesPerSecond ?? 0)
        : 0;

    public Measurement<T> Measure<T>(T value, params ReadOnlySpan<KeyValuePair<string, object?>> labels)
        where T : struct =>
        new(value, [_label, .. labels]);

    public IEnumerable<Measurement<long>> TrialsByState()
    {
        var state = State;
        return
        [
            Measure((long)state.Waiting.Count, new KeyValuePair<string, object?>("state", "waiting")),
            Measure((long)state.Running.Count, new KeyValuePair<string, object?>("state", "running")),
            .. Enum.GetValues<TrialOutcome>().Select(outcome => Measure((long)Volatile.Read(ref _outcomes[(int)outcome]), SweepMetrics.Tag("state", outcome))),
        ];
    }

    public void Happened(long number, SweepState state, ISweepEvent sweepEvent)
    {
        if (number <= _seen) return;
        _seen = number;
        Count(sweepEvent);
        _state = state;
    }

    public void Queued(int commands) => _waiting = commands;

    public void Stored(int events, TimeSpan took) => _instruments.Writes.Record(took.TotalSeconds, _label);

    public void Answered(TimeSpan took) => _instruments.Answers.Record(took.TotalSeconds, _label);

    public void StoreLost(Exception cause) => _isStoreLost = true;

    public void StoreFound() => _isStoreLost = false;

    public void Failed(Exception cause) { }

    private void Count(ISweepEvent sweepEvent)
    {
        switch (sweepEvent)
        {
            case AttemptClosed closed:
                if (closed.Closure == AttemptClosure.Lost) _instruments.Losses.Add(1, _label);
                _instruments.Retries.Add(1, _label, SweepMetrics.Tag("class", closed.Failure ?? FailureClass.Code));
                break;
            case TrialFinished finished:
                if (finished.Failure == FailureClass.Infrastructure) _instruments.Losses.Add(1, _label);
                _outcomes[(int)finished.Outcome]++;
                break;
        }
    }
}
