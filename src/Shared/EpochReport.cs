namespace Sweep.Shared;

/// <summary>What one epoch measured. Losses are means over images; accuracies are fractions in [0, 1].</summary>
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
public sealed record EpochReport(
    int Epoch,
    double TrainLoss,
    double TrainAccuracy,
    Evaluation? Validation,
    Evaluation Test,
    double LearningRate,
    double Seconds,
    double ImagesPerSecond,
    int? MicroBatches = null,
    long? PeakMemoryBytes = null)
{
    /// <summary>The images that the trial did not train on and by which overfitting shows: validation images, else test images.</summary>
    public Evaluation HeldOut => Validation ?? Test;

    /// <summary>Training accuracy above held-out accuracy.</summary>
    public double Gap => TrainAccuracy - HeldOut.Accuracy;
}

/// <param name="Loss">Mean cross-entropy over the images, without label smoothing.</param>
public sealed record Evaluation(double Loss, double Accuracy);
