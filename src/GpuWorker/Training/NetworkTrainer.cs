using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Devices;
using Sweep.Shared;
using Sweep.Shared.Protocol;
using TorchSharp;

namespace Sweep.GpuWorker.Training;

/// <summary>The built-in trainer: residual networks and other families, on the data sets that sweep files name.</summary>
/// <param name="datasets">Kept from attempt to attempt, so that the data set is read once.</param>
/// <param name="onNetwork">Is shown every network before it trains: to watch it, or to make it fail.</param>
public sealed class NetworkTrainer(DatasetCache datasets, ComputeDevice device, Action<torch.nn.Module<torch.Tensor, torch.Tensor>>? onNetwork = null) : ITrainer
{
    public string Name => NetworkConfiguration.Trainer;

    public AttemptEnd Train(Attempt attempt) => new NetworkAttempt(attempt, datasets, device, onNetwork).Train();
}

/// <summary>One attempt of the built-in trainer: from a checkpoint, if there is one, to the end of the budget.</summary>
internal sealed class NetworkAttempt
{
    private readonly Attempt _attempt;
    private readonly NetworkConfiguration _configuration;
    private readonly DatasetCache _datasets;
    private readonly ComputeDevice _device;
    private readonly BestModel _bestModel;
    private readonly Action<torch.nn.Module<torch.Tensor, torch.Tensor>>? _onNetwork;

    /// <summary>Of each batch; grows where memory runs out and the sweep allows it.</summary>
    private int _microBatches;

    /// <summary>Whether the process's peak of memory is this attempt's.</summary>
    private bool _measuresMemory;

    public NetworkAttempt(Attempt attempt, DatasetCache datasets, ComputeDevice device, Action<torch.nn.Module<torch.Tensor, torch.Tensor>>? onNetwork)
    {
        (_attempt, _datasets, _device, _onNetwork) = (attempt, datasets, device, onNetwork);
        _configuration = (NetworkConfiguration)attempt.Command.Configuration;
        _microBatches = Training.Accumulate;
        _bestModel = new BestModel(attempt.Command, attempt.Log);
    }

    public AttemptEnd Train()
    {
        // A GPU's memory is not in the process's own.
        _measuresMemory = !_device.IsCuda && PeakMemory.Reset();
        try
        {
            return TrainOrFail();
        }
        catch (Exception failure) when (AttemptRunner.IsOutOfMemory(failure))
        {
            return new(AttemptEnding.OutOfMemory, $"{MemoryNeed()} ({AttemptRunner.FirstLine(failure)})");
        }
    }

    private TrainingSettings Training => _configuration.Training;

    private long? PeakMemoryBytes => _measuresMemory ? PeakMemory.Bytes() : null;

    private AttemptEnd TrainOrFail()
    {
        _device.EnterThread();
        // 0 where the driver does not say how much there is.
        if (_device.Describe().MemoryBytes is > 0 and var memory)
            while (Need() > memory)
            {
                if (!CanCutFiner) return new(AttemptEnding.OutOfMemory, MemoryNeed());
                CutFiner();
            }
        if (Training.Precision == Precision.BFloat16 && !_device.HasBFloat16)
            _attempt.Log.Warning("{Device} has no bfloat16 of its own; float32 is faster here", _device.Describe().Name);
        var data = _datasets.Get(_configuration.Dataset.Name, _attempt.Stopping);
        var progress = AttemptProgress.Open(_attempt.Command, _configuration, _attempt.Log);
        if (Training.AutoAccumulate && progress.Reports is [.., { MicroBatches: { } before }]) _microBatches = Math.Max(_microBatches, before);
        // Epochs before the origin were another trial's.
        var origin = _attempt.Command.Origin;
        if (origin?.Best is { } best) _bestModel.Remember(best);
        foreach (var report in progress.Reports.Where(report => report.Epoch > (origin?.Epochs ?? 0)))
        {
            _bestModel.Remember(report);
            _attempt.Report(report);
        }
        while (true)
        {
            try
            {
                return Train(data, progress);
            }
            catch (Exception failure) when (AttemptRunner.IsOutOfMemory(failure) && CanCutFiner)
            {
                CutFiner();
                _attempt.Log.Warning(
                    "{Attempt} ran out of memory ({Failure}) and goes on after epoch {Epoch} with each batch cut into {MicroBatches} micro-batches",
                    _attempt.Id.ToString(), AttemptRunner.FirstLine(failure), progress.Reports.Count, _microBatches);
            }
        }
    }

    /// <summary>From where <paramref name="progress"/> stands to the end.</summary>
    private AttemptEnd Train(Dataset data, AttemptProgress progress)
    {
        using var trainer = new Trainer(_configuration, data, _attempt.Seed, _attempt.Command.DataSeed, _device, progress.ResumedFrom, _microBatches);
        _onNetwork?.Invoke(trainer.Network);
        try
        {
            for (var epoch = progress.Reports.Count + 1; epoch <= Training.Epochs; epoch++)
            {
                var report = trainer.RunEpoch(epoch, share => _attempt.Progress(epoch, share), _attempt.Stopping) with { PeakMemoryBytes = PeakMemoryBytes };
                _attempt.Log.Information("{Attempt} trained epoch {Epoch} in {Seconds:0.0} s", _attempt.Id.ToString(), epoch, report.Seconds);
                var diverged = report.HasDiverged;
                // Before the report: whoever hears of an epoch finds its model, if it is the best, and can resume after it.
                _bestModel.Consider(trainer.Network, report);
                if (!diverged) progress.EpochFinished(report, trainer);
                _attempt.Report(report);
                if (diverged) return new(AttemptEnding.Diverged, $"the training loss of epoch {epoch} is {report.TrainLoss}");
            }
        }
        catch (OperationCanceledException) when (_attempt.StopReason() == AttemptEnding.Released)
        {
            progress.Save(trainer);
            throw;
        }
        return AttemptEnd.Completed;
    }

    /// <summary>False where the sweep does not want micro-batches to grow in number, or they are as small as can be.</summary>
    private bool CanCutFiner => _microBatches < MostMicroBatches;

    private int MostMicroBatches => TrainingMemory.MostMicroBatches(_configuration);

    private void CutFiner() => _microBatches = (int)Math.Min(2L * _microBatches, MostMicroBatches);

    /// <summary>Bytes, by the estimate that <c>--dry-run</c> shows.</summary>
    private long Need() => TrainingMemory.Bytes(_configuration, _microBatches);

    private string MemoryNeed()
    {
        var device = _device.Describe();
        var cut = _microBatches > 1 ? $" in {_microBatches} micro-batches" : "";
        var peak = PeakMemoryBytes is { } bytes ? $"; the worker held up to {bytes >> 20:N0} MiB" : "";
        var advice = Training.AutoAccumulate ? "take a smaller network" : "lower batch_size, or give accumulate: auto";
        return $"training needs about {Need() >> 20:N0} MiB at batch size {Training.BatchSize}{cut}, "
            + $"and {device.Name} has {device.MemoryBytes >> 20:N0} MiB{peak}; {advice}";
    }
}
