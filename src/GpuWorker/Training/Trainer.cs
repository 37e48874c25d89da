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
    private readonly NetworkConfiguration _configuration;
    private readonly long _seed;
    private readonly ComputeDevice _device;
    private readonly int _accumulate;
    private readonly BatchSources _sources;
    private readonly IBatchSource _training;
    private readonly IBatchSource? _validation;
    private readonly IBatchSource _test;
    private readonly torch.optim.Optimizer _optimizer;
    private readonly LearningRateSchedule _schedule;

    /// <summary>The epoch under way.</summary>
    private RunningMean _mean;
    private int _trainedBatches;
    private double _seconds;

    /// <param name="seed">The trial's seed: initial weights, order and augmentation.</param>
    /// <param name="dataSeed">The sweep's seed: which images train, validate and test.</param>
    /// <param name="from">Where an earlier trainer with the same arguments stood; null to begin.</param>
    /// <param name="accumulate">Micro-batches, at least 1, that each batch is cut into; null for the configuration's.</param>
    /// <exception cref="ArgumentException">The model cannot process the data set's images.</exception>
    /// <exception cref="InvalidDataException"><paramref name="from"/> is of another network or optimiser.</exception>
    public Trainer(NetworkConfiguration configuration, Dataset data, long seed, long dataSeed, ComputeDevice device, TrainingState? from = null, int? accumulate = null)
    {
        (_configuration, _seed, _device, _accumulate) = (configuration, seed, device, accumulate ?? configuration.Training.Accumulate);
        var (settings, facts) = (configuration.Dataset, data.Facts);
        var split = StratifiedSplit.Of(data.Train.Labels, facts.Classes, settings.ValidationFraction, settings.TrainLimit, dataSeed);
        var test = StratifiedSplit.OfTest(data.Test.Labels, facts.Classes, settings.TestLimit, dataSeed);
        var normalization = Normalization.Of(facts.Name);
        _sources = new BatchSources(device);
        _training = _sources.Of(data.Train, split.Train, configuration.Training.BatchSize, normalization);
        _validation = split.Validation.Length > 0 ? _sources.Of(data.Train, split.Validation, Evaluator.BatchSize, normalization) : null;
        _test = _sources.Of(data.Test, test, Evaluator.BatchSize, normalization);
        Network = Models.Network.Create(configuration.Model, facts.Image, facts.Classes, configuration.Training.Precision, seed).to(device.Torch);
        _optimizer = Optimizers.Create(Network, configuration.Training);
        _schedule = new LearningRateSchedule(configuration.Training, _training.Plan.Count);
        from?.CopyTo(Network, _optimizer);
        _mean = Begin(from?.Epoch ?? PartialEpoch.None);
    }

    public nn.Module<Tensor, Tensor> Network { get; }

    /// <summary>Trains one epoch, or what is left of it, then evaluates.</summary>
    /// <param name="epoch">From 1. It addresses the random numbers and the learning rate; the network carries the rest.</param>
    /// <param name="progress">
    /// Is told the share of the epoch's training batches that are done, in (0, 1], after each, and 1 after each batch of the evaluation.
    /// </param>
    /// <exception cref="OperationCanceledException">Cancelled; noticed at the next batch. <see cref="Capture"/> gives what was done until then.</exception>
    public EpochReport RunEpoch(int epoch, Action<double> progress, CancellationToken cancellation)
    {
        var training = Train(epoch, progress, cancellation);
        var clock = Stopwatch.StartNew();
        var validation = _validation is null ? null : Evaluate(_validation, progress, cancellation);
        var test = Evaluate(_test, progress, cancellation);
        var report = new EpochReport(
            epoch, training.Loss, training.Accuracy, validation, test, LearningRate(epoch, _training.Plan.Count - 1),
            _seconds + clock.Elapsed.TotalSeconds, _training.Plan.Images / _seconds,
            _accumulate > 1 ? _accumulate : null);
        _mean.Dispose();
        _mean = Begin(PartialEpoch.None);
        return report;
    }

    /// <summary>All that a new trainer needs to go on from here; waits for the device.</summary>
    public TrainingState Capture() => TrainingState.Of(_mean.Sums(_trainedBatches, _seconds), Network, _optimizer);

    public void Dispose()
    {
        _mean.Dispose();
        _optimizer.Dispose();
        Network.Dispose();
        _training.Dispose();
        _validation?.Dispose();
        _test.Dispose();
        _sources.Dispose();
    }

    private RunningMean Begin(PartialEpoch epoch)
    {
        (_trainedBatches, _seconds) = (epoch.Batches, epoch.Seconds);
        return new RunningMean(_device.Torch, epoch);
    }

    private Evaluation Train(int epoch, Action<double> progress, CancellationToken cancellation)
    {
        var (before, clock) = (_seconds, Stopwatch.StartNew());
        Network.train();
        foreach (var batch in _training.Shuffled(_seed, epoch, _configuration.Augmentation, _trainedBatches))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            _optimizer.SetLearningRate(LearningRate(epoch, batch.Number));
            var (images, labels) = batch.Load();
            var (loss, logits) = Step(images, labels);
            _mean.Add(loss, logits, labels);
            _trainedBatches = batch.Number + 1;
            _seconds = before + clock.Elapsed.TotalSeconds;
            progress((double)_trainedBatches / _training.Plan.Count);
        }
        var mean = _mean.Read();
        _seconds = before + clock.Elapsed.TotalSeconds;
        return mean;
    }

    private (Tensor Loss, Tensor Logits) Step(Tensor images, Tensor labels)
    {
        var smoothing = _configuration.Training.LabelSmoothing;
        var cut = MicroBatches.Cut((int)labels.shape[0], _accumulate, _configuration.Model.Family);
        return cut.Count == 1
            ? TrainingStep.Take(Network, _optimizer, images, labels, smoothing)
            : TrainingStep.TakeAccumulated(Network, _optimizer, images, labels, cut, smoothing);
    }

    private double LearningRate(int epoch, int batch) => _schedule.At((epoch - 1L) * _training.Plan.Count + batch);

    private Evaluation Evaluate(IBatchSource images, Action<double> progress, CancellationToken cancellation) =>
        Evaluator.Evaluate(Network, images, _device, () => progress(1), cancellation);
}
