using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Overfitting;

/// <summary>Scripted reports: epoch n has the nth value of every list.</summary>
internal static class Curves
{
    public static EpochReport[] Of(double[] train, double[] validation) =>
        [.. train.Zip(validation, (trained, heldOut) => (trained, heldOut)).Select((pair, index) => Epoch(index + 1, pair.trained, pair.heldOut))];

    public static EpochReport Epoch(int epoch, double train, double validation, double trainLoss = 0.5) =>
        new(epoch, trainLoss, train, new Evaluation(1, validation), new Evaluation(1, validation), 0.1, 2, 1000);
}
