using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Sweep.GpuWorker.Actors;
using Sweep.GpuWorker.Devices;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.GpuWorker.Metrics;

/// <summary>The worker in numbers, for whoever scrapes them. Training puts them down; nobody who asks is waited for.</summary>
public sealed class WorkerMetrics : IDisposable
{
    public const string MeterName = "Sweep.GpuWorker";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _epochs;
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _acknowledgements;
    private double _imagesPerSecond;
    private volatile bool _isTraining;

    public WorkerMetrics()
    {
        _epochs = _meter.CreateCounter<long>("sweep.worker.epochs", "{epoch}", "Epochs that this worker has trained");
        _attempts = _meter.CreateCounter<long>("sweep.worker.attempts", "{attempt}", "Attempts that have ended here, by how");
        _acknowledgements = _meter.CreateHistogram<double>("sweep.worker.report.duration", "s", "From an epoch's end to the acknowledgement of its report");
        _epochs.Add(0);
        foreach (var ending in Enum.GetValues<AttemptEnding>()) _attempts.Add(0, Tag(ending));
        _meter.CreateObservableGauge("process.start.time", () => StartTime, "s", "When the process started, in seconds since 1970");
        _meter.CreateObservableGauge("sweep.worker.training", () => _isTraining ? 1 : 0, null, "1 while an attempt trains here");
        _meter.CreateObservableGauge(
            "sweep.worker.images", () => _isTraining ? Volatile.Read(ref _imagesPerSecond) : 0, "{image}/s",
            "Training images a second in the newest epoch; 0 while nothing trains");
    }

    private static double StartTime { get; } = StartedAt();

    /// <summary>Counts what <paramref name="observer"/> hears.</summary>
    public IAttemptObserver Watch(IAttemptObserver observer) => new Watched(this, observer);

    public void Show(WorkerProcess process)
    {
        _meter.CreateObservableGauge("sweep.worker.coordinator.silence", () => process.WithoutCoordinator.TotalSeconds, "s", "How long there has been no coordinator");
        process.ReportAcknowledged = waited => _acknowledgements.Record(waited.TotalSeconds);
    }

    /// <param name="read">Reads the GPU; null where it does not answer, and then nothing is shown.</param>
    public void Show(Func<GpuReading?> read)
    {
        Gauge("sweep.gpu.memory.used", "By", "Memory of the GPU in use, by all processes", reading => reading.MemoryUsedBytes);
        Gauge("sweep.gpu.memory.total", "By", "Memory of the GPU", reading => reading.MemoryTotalBytes);
        Gauge("sweep.gpu.utilization", "1", "Share of the last moments in which the GPU computed", reading => reading.Utilization);
        Gauge("sweep.gpu.temperature", "Cel", "Temperature of the GPU", reading => reading.TemperatureCelsius);

        void Gauge(string name, string unit, string description, Func<GpuReading, double?> value) =>
            _meter.CreateObservableGauge<double>(
                name, () => read() is { } reading && value(reading) is { } number ? [new Measurement<double>(number)] : [], unit, description);
    }

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(AttemptEnding ending) => new("ending", JsonNamingPolicy.SnakeCaseLower.ConvertName(ending.ToString()));

    private static double StartedAt()
    {
        using var self = Process.GetCurrentProcess();
        return new DateTimeOffset(self.StartTime).ToUnixTimeMilliseconds() / 1000.0;
    }

    private sealed class Watched : IAttemptObserver
    {
        private readonly WorkerMetrics _metrics;
        private readonly IAttemptObserver _observer;

        public Watched(WorkerMetrics metrics, IAttemptObserver observer)
        {
            (_metrics, _observer) = (metrics, observer);
            Volatile.Write(ref metrics._imagesPerSecond, 0);
            metrics._isTraining = true;
        }

        public void EpochFinished(EpochReport report)
        {
            Volatile.Write(ref _metrics._imagesPerSecond, report.ImagesPerSecond ?? 0);
            _metrics._epochs.Add(1);
            _observer.EpochFinished(report);
        }

        public void Progressed(int epoch, double epochProgress) => _observer.Progressed(epoch, epochProgress);

        public void Ended(AttemptEnding ending, string? detail)
        {
            _metrics._isTraining = false;
            _metrics._attempts.Add(1, Tag(ending));
            _observer.Ended(ending, detail);
        }
    }
}
