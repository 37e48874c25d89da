using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Metrics;

/// <summary>
/// The sweeps in numbers, for whoever scrapes them. Actors put down a state and count; whoever asks reads the newest state, which
/// never changes. Neither waits for the other. What is measured of a sweep says of which, by the label <c>sweep</c>.
/// </summary>
public sealed class SweepMetrics : IWorkerListener, IDisposable
{
    public const string MeterName = "Sweep.Coordinator";

    /// <summary>Seconds: from a memory write to a store that hardly answers.</summary>
    private static readonly InstrumentAdvice<double> Latencies = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private readonly Meter _meter = new(MeterName);
    private readonly SweepInstruments _instruments;
    private ImmutableList<FollowedSweep> _sweeps = [];
    private volatile int _workers;

    public SweepMetrics()
    {
        _instruments = new SweepInstruments(
            _meter.CreateCounter<long>(
                "sweep.lease.losses", "{attempt}", "Attempts that lost their trial since their worker died, was cut off or was silent for longer than its lease"),
            _meter.CreateCounter<long>("sweep.retries", "{attempt}", "Attempts after which their trial waits for another one, by why they ended"),
            _meter.CreateHistogram("sweep.report.duration", "s", "From a report's receipt to its acknowledgement", advice: Latencies),
            _meter.CreateHistogram("sweep.store.duration", "s", "Writes of the history", advice: Latencies));

        _meter.CreateObservableGauge("sweep.coordinator.active", () => _sweeps.IsEmpty ? 0 : 1, null, "1 where this coordinator is at work, 0 where it stands by");
        _meter.CreateObservableGauge("process.start.time", () => StartTime, "s", "When the process started, in seconds since 1970");
        _meter.CreateObservableGauge<long>("sweep.workers", () => _sweeps.IsEmpty ? [] : [new(_workers)], "{worker}", "Workers that are there");
        Gauge("sweep.info", null, "1 for a sweep at work", sweep => [sweep.Measure(1L, new KeyValuePair<string, object?>("name", sweep.State.Definition.Name))]);
        Gauge("sweep.trials", "{trial}", "Trials by state", sweep => sweep.TrialsByState());
        Gauge("sweep.demand", "{trial}", "Workers that the sweep could employ now", sweep => [sweep.Measure((long)SweepDemand.Of(sweep.State, sweep.SearchTrials))]);
        Gauge("sweep.ending", null, "1 for the way in which the sweep has ended; nothing while it goes on",
            sweep => sweep.State.Ending is { } ending ? [sweep.Measure(1L, Tag("ending", ending))] : []);
        Gauge("sweep.queue.length", "{command}", "Commands that wait for the write under way", sweep => [sweep.Measure((long)sweep.Waiting)]);
        Gauge("sweep.store.lost", null, "1 while the sweep waits for its store", sweep => [sweep.Measure(sweep.IsStoreLost ? 1L : 0L)]);
        _meter.CreateObservableGauge(
            "sweep.images", () => _sweeps.Select(sweep => sweep.Measure(sweep.ImagesPerSecond)), "{image}/s",
            "Training images a second, over the newest epochs of the attempts under way");
        Counter("sweep.epochs", "{epoch}", "Epochs recorded, earlier coordinators' among them", sweep => sweep.State.EpochsTotal);
        Counter("sweep.attempts.refused", "{attempt}", "Attempts that reported after they had lost their trial, and were refused", sweep => sweep.State.Refused.Count);
    }

    private static double StartTime { get; } = StartedAt();

    /// <summary>The sweeps that this coordinator runs or has shown are over.</summary>
    public bool HaveEnded => !_sweeps.IsEmpty && _sweeps.All(sweep => sweep.State.Ending is not null);

    /// <summary>This coordinator is at work on the sweep from now on.</summary>
    /// <param name="initial">After all events that are stored.</param>
    /// <param name="seen">Number of the last of them.</param>
    /// <param name="searchTrials">See <see cref="SweepDemand.Of"/>.</param>
    public ISweepListener Follow(SweepId sweep, SweepState initial, long seen, int searchTrials)
    {
        var followed = new FollowedSweep(sweep, initial, seen, searchTrials, _instruments);
        ImmutableInterlocked.Update(ref _sweeps, sweeps => sweeps.Add(followed));
        return followed;
    }

    public void WorkerJoined(WorkerId worker, DeviceDescription device, int workers) => _workers = workers;

    public void WorkerReturned(WorkerId worker, int workers) => _workers = workers;

    public void WorkerLeft(WorkerId worker, string reason, int workers) => _workers = workers;

    public void Dispose() => _meter.Dispose();

    /// <summary>Values of labels are spelt as in the history: <c>out_of_memory</c>.</summary>
    internal static KeyValuePair<string, object?> Tag<T>(string name, T value)
        where T : struct, Enum =>
        new(name, JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

    /// <summary>Nothing while this coordinator stands by.</summary>
    private void Gauge(string name, string? unit, string description, Func<FollowedSweep, IEnumerable<Measurement<long>>> observe) =>
        _meter.CreateObservableGauge(name, () => _sweeps.SelectMany(observe), unit, description);

    private void Counter(string name, string unit, string description, Func<FollowedSweep, long> observe) =>
        _meter.CreateObservableCounter(name, () => _sweeps.Select(sweep => sweep.Measure(observe(sweep))), unit, description);

    private static double StartedAt()
    {
        using var self = Process.GetCurrentProcess();
        return new DateTimeOffset(self.StartTime).ToUnixTimeMilliseconds() / 1000.0;
    }
}
