using Sweep.Shared;
using Column = Sweep.Coordinator.Reports.CsvColumn<Sweep.Shared.EpochReport>;

namespace Sweep.Coordinator.Reports;

/// <summary><c>trials/&lt;n&gt;/epochs.csv</c>: what each epoch of a trial measured.</summary>
public static class EpochsCsv
{
    internal static readonly Column[] Columns =
    [
        new("epoch", report => report.Epoch),
        new("train_loss", report => report.TrainLoss),
        new("train_accuracy", report => report.TrainAccuracy),
        new("validation_loss", report => report.Validation?.Loss),
        new("validation_accuracy", report => report.Validation?.Accuracy),
        new("test_loss", report => report.Test?.Loss),
        new("test_accuracy", report => report.Test?.Accuracy),
        new("learning_rate", report => report.LearningRate),
        new("seconds", report => report.Seconds),
        new("images_per_second", report => report.ImagesPerSecond),
        new("peak_memory_bytes", report => report.PeakMemoryBytes),
    ];

    /// <summary>Metrics of the trainer's own come last, in the order in which they were first reported.</summary>
    internal static Column[] ColumnsOf(IEnumerable<EpochReport> reports)
    {
        var own = reports.SelectMany(report => report.Metrics ?? default).Select(metric => metric.Name).Distinct();
        return [.. Columns, .. own.Select(name => new Column(name, report => report.Metric(name)))];
    }

    public static void Write(Stream stream, IReadOnlyCollection<EpochReport> reports) => CsvTable.Write(stream, ColumnsOf(reports), reports);
}
