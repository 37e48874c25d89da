using System.Diagnostics;
using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Training;
using Sweep.Shared;

namespace Sweep.Examples.DotnetTrainer;

/// <summary>
/// Softmax regression on handwritten digits: a model of one's own, in plain C#. Sweep files that say <c>trainer: {name: softmax}</c> train with it.
/// </summary>
public sealed class SoftmaxTrainer : ITrainer
{
    /// <summary>Of the training images, so many at the end are held out to choose by.</summary>
    private const int ValidationImages = 200;

    public string Name => "softmax";

    public AttemptEnd Train(Attempt attempt)
    {
        var rate = attempt.Parameters["learning_rate"]!.AsDouble();
        var decay = attempt.Parameters["weight_decay"]?.AsDouble() ?? 0;
        var digits = DigitsDataset.Read();
        var training = digits.Train.Count - ValidationImages;
        var model = new Softmax(digits.Facts.Image.Pixels, digits.Facts.Classes);

        for (var epoch = attempt.Resume(model.Read) + 1; epoch <= attempt.Epochs; epoch++)
        {
            var clock = Stopwatch.StartNew();
            // The epoch decides the order, not what was drawn before: a resumed trial sees what it would have seen.
            var order = Enumerable.Range(0, training).ToArray();
            new Random(HashCode.Combine(attempt.Seed, epoch)).Shuffle(order);
            for (var step = 0; step < order.Length; step++)
            {
                attempt.Stopping.ThrowIfCancellationRequested();
                model.Learn(digits.Train, order[step], (float)rate, (float)decay);
                attempt.Progress(epoch, (step + 1.0) / order.Length);
            }
            var (train, validation) = (model.Score(digits.Train, 0, training), model.Score(digits.Train, training, ValidationImages));
            attempt.Report(
                new EpochReport(
                    epoch, train.Loss, train.Accuracy, validation, model.Score(digits.Test, 0, digits.Test.Count), rate,
                    clock.Elapsed.TotalSeconds, training / clock.Elapsed.TotalSeconds),
                model.Write);
        }
        return AttemptEnd.Completed;
    }
}
