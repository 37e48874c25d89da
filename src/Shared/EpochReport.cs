using System.Text.Json.Serialization;

namespace Sweep.Shared;

/// <summary>
/// What one epoch measured. Losses are means over images; accuracies are fractions in [0, 1]. Null is what the trainer does not say; NaN is what it
/// measured.
/// </summary>
/// <param name="Epoch">From 1.</param>
/// <param name="TrainLoss">Mean over the epoch's batches as they were trained on, augmentation and label smoothing included.</param>
/// <param name="TrainAccuracy">Over the same batches.</param>
/// <param name="Validation">On the held-out validation images; null where the sweep holds out none.</param>
/// <param name="Test">On the test images.</param>
/// <param name="LearningRate">Of the epoch's last step.</param>
/// <param name="Seconds">Training and evaluation together.</param>
/// <param name="ImagesPerSecond">Training images over the seconds that training alone took.</param>
/// <param name="MicroBatches">Micro-batches, above 1, that the epoch's batches were cut into; null where they were trained whole.</param>
/// <param name="PeakMemoryBytes">
/// The most of the host's memory that the worker has held from the attempt's start to the epoch's end, its runtime and the data set
/// included; null on a GPU, and where the system does not measure.
/// </param>
/// <param name="Metrics">What a trainer of one's own measured besides, each name once; null for nothing.</param>
public sealed record EpochReport(
    int Epoch,
    double? TrainLoss,
    double? TrainAccuracy,
    Evaluation? Validation,
    Evaluation? Test,
    double? LearningRate,
    double Seconds,
    double? ImagesPerSecond,
    int? MicroBatches = null,
    long? PeakMemoryBytes = null,
    ValueArray<Metric>? Metrics = null)
{
    /// <summary>On what the trial did not train on and by which overfitting shows: validation images, else test images.</summary>
    public Evaluation? HeldOut => Validation ?? Test;

    /// <summary>Training accuracy above held-out accuracy.</summary>
    public double? Gap => TrainAccuracy - HeldOut?.Accuracy;

    /// <summary>The training loss is NaN or infinite.</summary>
    [JsonIgnore]
    public bool HasDiverged => TrainLoss is { } loss && !double.IsFinite(loss);

    /// <summary>Null where the trainer measured no such thing.</summary>
    public double? Metric(string name)
    {
        foreach (var metric in Metrics ?? default)
            if (metric.Name == name) return metric.Value;
        return null;
    }
}

/// <param name="Loss">Mean cross-entropy over the images, without label smoothing.</param>
public sealed record Evaluation(double? Loss, double? Accuracy);

/// <param name="Value">Finite.</param>
public readonly record struct Metric(string Name, double Value);
