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
        new("test_loss", report => report.Test.Loss),
        new("test_accuracy", report => report.Test.Accuracy),
        new("learning_rate", report => report.LearningRate),
        new("seconds", report => report.Seconds),
        new("images_per_second", report => report.ImagesPerSecond),
        new("peak_memory_bytes", report => report.PeakMemoryBytes),
    ];

    public static void Write(Stream stream, IEnumerable<EpochReport> reports) => CsvTable.Write(stream, Columns, reports);
}
