using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Metrics;

/// <summary>
/// The sweep in numbers, for whoever scrapes them. The actor puts down a state and counts; whoever asks reads the newest state, which
/// never changes. Neither waits for the other.
/// </summary>
public sealed class SweepMetrics : ISweepListener, IDisposable
{
    public const string MeterName = "Sweep.Coordinator";

    /// <summary>Seconds: from a memory write to a store that hardly answers.</summary>
    private static readonly InstrumentAdvice<double> Latencies = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _losses;
    private readonly Counter<long> _retries;
    private readonly Histogram<double> _answers;
    private readonly Histogram<double> _writes;
    private readonly int[] _outcomes = new int[Enum.GetValues<TrialOutcome>().Length];
    private volatile Followed? _followed;
    private volatile bool _isStoreLost;
    private volatile int _workers;
    private volatile int _queued;
    private long _seen;

    public SweepMetrics()
    {
        _losses = _meter.CreateCounter<long>(
            "sweep.lease.losses", "{attempt}", "Attempts that lost their trial since their worker died, was cut off or was silent for longer than its lease");
        _retries = _meter.CreateCounter<long>("sweep.retries", "{attempt}", "Attempts after which their trial waits for another one, by why they ended");
        _answers = _meter.CreateHistogram("sweep.report.duration", "s", "From a report's receipt to its acknowledgement", advice: Latencies);
        _writes = _meter.CreateHistogram("sweep.store.duration", "s", "Writes of the history", advice: Latencies);

        _meter.CreateObservableGauge("sweep.coordinator.active", () => _followed is null ? 0 : 1, null, "1 where this coordinator is at work, 0 where it stands by");
        _meter.CreateObservableGauge("process.start.time", () => StartTime, "s", "When the process started, in seconds since 1970");
        Gauge("sweep.info", null, "1 for the sweep at work", sweep => [new(1, new("sweep", sweep.State.Sweep?.Value), new("name", sweep.State.Definition.Name))]);
        Gauge("sweep.trials", "{trial}", "Trials by state", TrialsByState);
        Gauge("sweep.demand", "{trial}", "Workers that the sweep could employ now", sweep => [new(SweepDemand.Of(sweep.State, sweep.SearchTrials))]);
        Gauge("sweep.ending", null, "1 for the way in which the sweep has ended; nothing while it goes on",
            sweep => sweep.State.Ending is { } ending ? [new(1, Tag("ending", ending))] : []);
        Gauge("sweep.workers", "{worker}", "Workers that are there", _ => [new(_workers)]);
        Gauge("sweep.queue.length", "{command}", "Commands that wait for the write under way", _ => [new(_queued)]);
        Gauge("sweep.store.lost", null, "1 while the sweep waits for its store", _ => [new(_isStoreLost ? 1 : 0)]);
        _meter.CreateObservableGauge(
            "sweep.images", () => Observed<double>(sweep => [new(ImagesPerSecond(sweep.State))]), "{image}/s",
            "Training images a second, over the newest epochs of the attempts under way");
        Counter("sweep.epochs", "{epoch}", "Epochs recorded, earlier coordinators' among them", sweep => sweep.State.EpochsTotal);
        Counter("sweep.attempts.refused", "{attempt}", "Attempts that reported after they had lost their trial, and were refused", sweep => sweep.State.Refused.Count);
    }

    private static double StartTime { get; } = StartedAt();

    /// <summary>The sweep that this coordinator runs or has shown is over.</summary>
    public bool HasEnded => _followed?.State.Ending is not null;

    /// <summary>This coordinator is at work from now on.</summary>
    /// <param name="initial">After all events that are stored.</param>
    /// <param name="seen">Number of the last of them.</param>
    /// <param name="searchTrials">See <see cref="SweepDemand.Of"/>.</param>
    public void Follow(SweepState initial, long seen, int searchTrials)
    {
        foreach (var trial in initial.Trials)
            if (trial.Outcome is { } outcome) _outcomes[(int)outcome]++;
        // Counters that are there before they count: a first loss is seen as one.
        _losses.Add(0);
        foreach (var failure in Enum.GetValues<FailureClass>().Where(FailurePolicy.IsRetried)) _retries.Add(0, Tag("class", failure));
        _seen = seen;
        _followed = new Followed(initial, searchTrials);
    }

    public void Happened(long number, SweepState state, ISweepEvent sweepEvent)
    {
        if (number <= _seen) return;
        _seen = number;
        Count(sweepEvent);
        _followed = _followed! with { State = state };
    }

    public void Progressed(AttemptId attempt, int epoch, double epochProgress) { }

    public void WorkerJoined(WorkerId worker, DeviceDescription device, int workers) => _workers = workers;

    public void WorkerReturned(WorkerId worker, int workers) => _workers = workers;

    public void WorkerLeft(WorkerId worker, string reason, int workers) => _workers = workers;

    public void Queued(int commands) => _queued = commands;

    public void Stored(int events, TimeSpan took) => _writes.Record(took.TotalSeconds);

    public void Answered(TimeSpan took) => _answers.Record(took.TotalSeconds);

    public void StoreLost(Exception cause) => _isStoreLost = true;

    public void StoreFound() => _isStoreLost = false;

    public void Failed(Exception cause) { }

    public void Dispose() => _meter.Dispose();

    private void Count(ISweepEvent sweepEvent)
    {
        switch (sweepEvent)
        {
            case AttemptClosed closed:
                if (closed.Closure == AttemptClosure.Lost) _losses.Add(1);
                _retries.Add(1, Tag("class", closed.Failure ?? FailureClass.Code));
                break;
            case TrialFinished finished:
                if (finished.Failure == FailureClass.Infrastructure) _losses.Add(1);
                _outcomes[(int)finished.Outcome]++;
                break;
        }
    }

    private IEnumerable<Measurement<long>> TrialsByState(Followed sweep)
    {
        yield return new(sweep.State.Waiting.Count, new KeyValuePair<string, object?>("state", "waiting"));
        yield return new(sweep.State.Running.Count, new KeyValuePair<string, object?>("state", "running"));
        foreach (var outcome in Enum.GetValues<TrialOutcome>()) yield return new(Volatile.Read(ref _outcomes[(int)outcome]), Tag("state", outcome));
    }

    private static double ImagesPerSecond(SweepState state) => state.Running.Values
        .Select(attempt => state[attempt.Trial])
        .Where(trial => trial.HasProgressed)
        .Sum(trial => trial.Reports[^1].ImagesPerSecond ?? 0);

    private void Gauge(string name, string? unit, string description, Func<Followed, IEnumerable<Measurement<long>>> observe) =>
        _meter.CreateObservableGauge(name, () => Observed(observe), unit, description);

    private void Counter(string name, string unit, string description, Func<Followed, long> observe) =>
        _meter.CreateObservableCounter(name, () => Observed<long>(sweep => [new(observe(sweep))]), unit, description);

    /// <summary>Nothing while this coordinator stands by.</summary>
    private IEnumerable<Measurement<T>> Observed<T>(Func<Followed, IEnumerable<Measurement<T>>> observe)
        where T : struct =>
        _followed is { } followed ? observe(followed) : [];

    /// <summary>Values of labels are spelt as in the history: <c>out_of_memory</c>.</summary>
    private static KeyValuePair<string, object?> Tag<T>(string name, T value)
        where T : struct, Enum =>
        new(name, JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

    private static double StartedAt()
    {
        using var self = Process.GetCurrentProcess();
        return new DateTimeOffset(self.StartTime).ToUnixTimeMilliseconds() / 1000.0;
    }

    private sealed record Followed(SweepState State, int SearchTrials);
}
