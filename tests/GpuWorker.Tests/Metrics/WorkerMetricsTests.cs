using System.Diagnostics.Metrics;
using Sweep.GpuWorker.Devices;
using Sweep.GpuWorker.Metrics;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.GpuWorker.Tests.Metrics;

public sealed class WorkerMetricsTests : IDisposable
{
    private readonly Dictionary<string, double> _values = [];
    private readonly MeterListener _listener = new();

    public WorkerMetricsTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == WorkerMetrics.MeterName) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => _values[instrument.Name] = value);
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => _values[instrument.Name] = value);
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _values[instrument.Name] = _values.GetValueOrDefault(instrument.Name) + value);
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void What_training_says_is_counted_and_passed_on()
    {
        using var metrics = new WorkerMetrics();
        var heard = new Heard();
        var observer = metrics.Watch(heard);
        observer.EpochFinished(new EpochReport(1, 1, 0.5, null, new Evaluation(1, 0.5), 0.1, 2, 1234));
        _listener.RecordObservableInstruments();
        Assert.Equal((1, 1, 1234), (_values["sweep.worker.training"], _values["sweep.worker.epochs"], _values["sweep.worker.images"]));

        observer.Ended(AttemptEnding.Completed, null);
        _listener.RecordObservableInstruments();
        Assert.Equal((0, 1, 0), (_values["sweep.worker.training"], _values["sweep.worker.attempts"], _values["sweep.worker.images"]));
        Assert.Equal(["1", "Completed"], heard.Words);
    }

    [Fact]
    public void A_GPU_shows_what_it_says_and_nothing_of_what_it_does_not()
    {
        using var metrics = new WorkerMetrics();
        metrics.Show(() => new GpuReading(3L << 30, 8L << 30, 0.75, null));
        _listener.RecordObservableInstruments();
        Assert.Equal((3.0 * (1 << 30), 0.75), (_values["sweep.gpu.memory.used"], _values["sweep.gpu.utilization"]));
        Assert.False(_values.ContainsKey("sweep.gpu.temperature"));
    }

    private sealed class Heard : IAttemptObserver
    {
        public List<string> Words { get; } = [];

        public void EpochFinished(EpochReport report) => Words.Add(report.Epoch.ToString());

        public void Progressed(int epoch, double epochProgress) { }

        public void Ended(AttemptEnding ending, string? detail) => Words.Add(ending.ToString());
    }
}
