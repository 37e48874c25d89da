using System.Diagnostics;
using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Devices;
using Sweep.GpuWorker.Models;
using Sweep.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Training;

/// <summary>Trains one network, epoch by epoch. All calls must come from one thread: gradient modes and dispose scopes belong to a thread.</summary>
public sealed class Trainer : IDisposable
{
    private readonly TrialConfiguration _configuration;
    private readonly long _seed;
    private readonly ComputeDevice _device;
    private readonly BatchLoader _training;
    private readonly BatchLoader? _validation;
    private readonly BatchLoader _test;
    private readonly DeviceBatches _batches;
    private readonly torch.optim.Optimizer _optimizer;
    private readonly LearningRateSchedule _schedule;

    /// <param name="seed">The trial's seed: initial weights, order and augmentation.</param>
    /// <param name="dataSeed">The sweep's seed: which images train, validate and test.</param>
    /// <exception cref="ArgumentException">The model cannot process the data set's images.</exception>
    public Trainer(TrialConfiguration configuration, Dataset data, long seed, long dataSeed, ComputeDevice device)
    {
        (_configuration, _seed, _device) = (configuration, seed, device);
        var (settings, facts) = (configuration.Dataset, data.Facts);
        var split = StratifiedSplit.Of(data.Train.Labels, facts.Classes, settings.ValidationFraction, settings.TrainLimit, dataSeed);
        var test = StratifiedSplit.OfTest(data.Test.Labels, facts.Classes, settings.TestLimit, dataSeed);
        var normalization = Normalization.Of(facts.Name);
        _training = new BatchLoader(data.Train, split.Train, configuration.Training.BatchSize, normalization);
        _validation = split.Validation.Length > 0 ? new BatchLoader(data.Train, split.Validation, Evaluator.BatchSize, normalization) : null;
        _test = new BatchLoader(data.Test, test, Evaluator.BatchSize, normalization);
        _batches = new DeviceBatches(device, facts.Image);
        Network = Models.Network.Create(configuration.Model, facts.Image, facts.Classes, configuration.Training.Precision, seed).to(device.Torch);
        _optimizer = Optimizers.Create(Network, configuration.Training);
        _schedule = new LearningRateSchedule(configuration.Training, _training.Plan.Count);
    }

    public nn.Module<Tensor, Tensor> Network { get; }

    /// <summary>Trains one epoch, then evaluates.</summary>
    /// <param name="epoch">From 1. It addresses the random numbers and the learning rate; the network carries the rest.</param>
    /// <param name="progress">Is told the share of the epoch's training batches that are done, in (0, 1], after each.</param>
    /// <exception cref="OperationCanceledException">Cancelled; noticed at the next batch.</exception>
    public EpochReport RunEpoch(int epoch, Action<double> progress, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var (training, rate) = Train(epoch, progress, cancellation);
        var trainingSeconds = clock.Elapsed.TotalSeconds;
        var validation = _validation is null ? null : Evaluate(_validation, cancellation);
        var test = Evaluate(_test, cancellation);
        return new EpochReport(
            epoch, training.Loss, training.Accuracy, validation, test, rate,
            clock.Elapsed.TotalSeconds, _training.Plan.Images / trainingSeconds);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        Network.Dispose();
        _batches.Dispose();
    }

    private (Evaluation Mean, double LastRate) Train(int epoch, Action<double> progress, CancellationToken cancellation)
    {
        using var mean = new RunningMean(_device.Torch);
        var rate = 0.0;
        Network.train();
        foreach (var batch in _training.Shuffled(_seed, epoch, _configuration.Augmentation))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            rate = _schedule.At((epoch - 1L) * _training.Plan.Count + batch.Number);
            _optimizer.SetLearningRate(rate);
            var (images, labels) = _batches.Of(batch);

            var (loss, logits) = TrainingStep.Take(Network, _optimizer, images, labels, _configuration.Training.LabelSmoothing);
            mean.Add(loss, logits, labels);
            progress((batch.Number + 1.0) / _training.Plan.Count);
        }
        return (mean.Read(), rate);
    }

    private Evaluation Evaluate(BatchLoader loader, CancellationToken cancellation) =>
        Evaluator.Evaluate(Network, loader, _batches, _device, cancellation);
}
