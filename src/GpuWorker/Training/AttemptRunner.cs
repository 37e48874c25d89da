using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Serilog;
using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Devices;
using Sweep.Shared;
using Sweep.Shared.Protocol;
using TorchSharp;

namespace Sweep.GpuWorker.Training;

/// <summary>Hears of an attempt, on the thread that trains: return soon.</summary>
public interface IAttemptObserver
{
    /// <summary>
    /// After each epoch that the sweep has not recorded yet, in order; also after one whose loss is not finite, before the attempt ends
    /// as diverged.
    /// </summary>
    void EpochFinished(EpochReport report);

    /// <summary>Within an epoch, at most once a second.</summary>
    /// <param name="epoch">From 1.</param>
    /// <param name="epochProgress">Share of the epoch's training batches done, in (0, 1].</param>
    void Progressed(int epoch, double epochProgress);

    /// <summary>Exactly once, last.</summary>
    /// <param name="detail">What went wrong, for people; null where nothing did.</param>
    void Ended(AttemptEnding ending, string? detail);
}

/// <summary>One attempt on a thread of its own.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A cancellation source without a timer holds nothing to dispose of.")]
public sealed class AttemptRunner
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    /// <summary>libtorch tells its failures apart in their texts alone.</summary>
    private static readonly string[] OutOfMemoryTexts = ["not enough memory", "out of memory", "can't allocate memory", "bad_alloc"];

    private readonly StartAttempt _command;
    private readonly DatasetCache _datasets;
    private readonly ComputeDevice _device;
    private readonly IAttemptObserver _observer;
    private readonly BestModel _bestModel;
    private readonly ILogger _log;
    private readonly Action<torch.nn.Module<torch.Tensor, torch.Tensor>>? _onNetwork;
    private readonly Action<string> _onStall;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private int _stopReason = (int)AttemptEnding.Stopped;
    private int _stopped;

    /// <summary>Of each batch; grows where memory runs out and the sweep allows it.</summary>
    private int _microBatches;

    /// <summary>Whether the process's peak of memory is this attempt's.</summary>
    private bool _measuresMemory;

    private AttemptRunner(
        StartAttempt command, DatasetCache datasets, ComputeDevice device, IAttemptObserver observer, ILogger log, Action<string> onStall,
        Action<torch.nn.Module<torch.Tensor, torch.Tensor>>? onNetwork, TimeProvider time)
    {
        (_command, _datasets, _device, _observer, _log) = (command, datasets, device, observer, log);
        (_onStall, _onNetwork, _time) = (onStall, onNetwork, time);
        _microBatches = command.Configuration.Training.Accumulate;
        _bestModel = new BestModel(command, log);
        _thread = new Thread(Run) { IsBackground = true, Name = $"attempt {command.Attempt}" };
    }

    /// <summary>Starts to train, and returns.</summary>
    /// <param name="datasets">Kept by the caller from attempt to attempt, so that the data set is read once.</param>
    /// <param name="log">Is told where a checkpoint or the best model cannot be kept.</param>
    /// <param name="onStall">
    /// Is told, once and in words, when training has stood still for longer than <see cref="StallWatch"/> allows. The thread cannot be
    /// ended from outside: whoever hears of it ends the process.
    /// </param>
    public static AttemptRunner Start(
        StartAttempt command, DatasetCache datasets, ComputeDevice device, IAttemptObserver observer, ILogger log, Action<string> onStall) =>
        Start(command, datasets, device, observer, log, onStall, onNetwork: null, TimeProvider.System);

    /// <param name="onNetwork">Is shown every network before it trains: to watch it, or to make it fail.</param>
    internal static AttemptRunner Start(
        StartAttempt command, DatasetCache datasets, ComputeDevice device, IAttemptObserver observer, ILogger log, Action<string> onStall,
        Action<torch.nn.Module<torch.Tensor, torch.Tensor>>? onNetwork, TimeProvider time)
    {
        var runner = new AttemptRunner(command, datasets, device, observer, log, onStall, onNetwork, time);
        runner._thread.Start();
        return runner;
    }

    /// <summary>Ends the attempt at the next batch, with <paramref name="reason"/>; nothing where it has ended or was stopped before.</summary>
    /// <param name="reason"><see cref="AttemptEnding.Stopped"/> or <see cref="AttemptEnding.Released"/>.</param>
    public void Stop(AttemptEnding reason)
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 1) return;
        Volatile.Write(ref _stopReason, (int)reason);
        _stop.Cancel();
    }

    /// <summary>Blocks until <see cref="IAttemptObserver.Ended"/> has returned.</summary>
    /// <returns>False where the limit passed first.</returns>
    public bool Wait(TimeSpan limit) => _thread.Join(limit);

    private TrainingSettings Training => _command.Configuration.Training;

    private long? PeakMemoryBytes => _measuresMemory ? PeakMemory.Bytes() : null;

    private void Run()
    {
        // A GPU's memory is not in the process's own.
        _measuresMemory = !_device.IsCuda && PeakMemory.Reset();
        var (ending, detail) = RunToEnd();
        _observer.Ended(ending, detail);
    }

    /// <summary>Whatever happens becomes an outcome: a worker outlives its attempts.</summary>
    private (AttemptEnding Ending, string? Detail) RunToEnd()
    {
        try
        {
            return Train();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return ((AttemptEnding)Volatile.Read(ref _stopReason), null);
        }
        catch (MissingOriginException failure)
        {
            return (AttemptEnding.Failed, failure.Message);
        }
        catch (DatasetException failure)
        {
            return (AttemptEnding.DataFailed, failure.Message);
        }
        catch (Exception failure) when (IsOutOfMemory(failure))
        {
            return (AttemptEnding.OutOfMemory, $"{MemoryNeed()} ({FirstLine(failure)})");
        }
        catch (Exception failure)
        {
            // The sweep keeps one line of it; where it came from is for whoever looks for the cause.
            _log.Error(failure, "{Attempt} failed", _command.Attempt.ToString());
            return (AttemptEnding.Failed, $"{failure.GetType().Name}: {FirstLine(failure)}");
        }
    }

    private (AttemptEnding Ending, string? Detail) Train()
    {
        _device.EnterThread();
        // 0 where the driver does not say how much there is.
        if (_device.Describe().MemoryBytes is > 0 and var memory)
            while (Need() > memory)
            {
                if (!CanCutFiner) return (AttemptEnding.OutOfMemory, MemoryNeed());
                CutFiner();
            }
        if (Training.Precision == Precision.BFloat16 && !_device.HasBFloat16)
            _log.Warning("{Device} has no bfloat16 of its own; float32 is faster here", _device.Describe().Name);
        var data = _datasets.Get(_command.Configuration.Dataset.Name, _stop.Token);
        var progress = AttemptProgress.Open(_command, _log);
        if (Training.AutoAccumulate && progress.Reports is [.., { MicroBatches: { } before }]) _microBatches = Math.Max(_microBatches, before);
        // Epochs before the origin were another trial's.
        if (_command.Origin?.Best is { } best) _bestModel.Remember(best);
        foreach (var report in progress.Reports.Where(report => report.Epoch > (_command.Origin?.Epochs ?? 0)))
        {
            _bestModel.Remember(report);
            Report(report);
        }
        while (true)
        {
            try
            {
                return Train(data, progress);
            }
            catch (Exception failure) when (IsOutOfMemory(failure) && CanCutFiner)
            {
                CutFiner();
                _log.Warning(
                    "{Attempt} ran out of memory ({Failure}) and goes on after epoch {Epoch} with each batch cut into {MicroBatches} micro-batches",
                    _command.Attempt.ToString(), FirstLine(failure), progress.Reports.Count, _microBatches);
            }
        }
    }

    /// <summary>From where <paramref name="progress"/> stands to the end.</summary>
    private (AttemptEnding Ending, string? Detail) Train(Dataset data, AttemptProgress progress)
    {
        using var trainer = new Trainer(_command.Configuration, data, _command.Seed, _command.DataSeed, _device, progress.ResumedFrom, _microBatches);
        _onNetwork?.Invoke(trainer.Network);
        using var watch = new StallWatch(
            _time, silence => _onStall($"{_command.Attempt} has done no batch for {silence.TotalSeconds:N0} s, far longer than any before"));
        try
        {
            for (var epoch = progress.Reports.Count + 1; epoch <= _command.Configuration.Training.Epochs; epoch++)
            {
                var report = trainer.RunEpoch(epoch, Throttled(epoch, watch), _stop.Token) with { PeakMemoryBytes = PeakMemoryBytes };
                _log.Information("{Attempt} trained epoch {Epoch} in {Seconds:0.0} s", _command.Attempt.ToString(), epoch, report.Seconds);
                var diverged = !double.IsFinite(report.TrainLoss);
                // Before the report: whoever hears of an epoch finds its model, if it is the best, and can resume after it.
                _bestModel.Consider(trainer.Network, report);
                if (!diverged) progress.EpochFinished(report, trainer);
                Report(report);
                if (diverged) return (AttemptEnding.Diverged, $"the training loss of epoch {epoch} is {report.TrainLoss}");
            }
        }
        catch (OperationCanceledException) when (Volatile.Read(ref _stopReason) == (int)AttemptEnding.Released)
        {
            progress.Save(trainer);
            throw;
        }
        return (AttemptEnding.Completed, null);
    }

    private void Report(EpochReport report)
    {
        if (report.Epoch > _command.RecordedEpochs) _observer.EpochFinished(report);
    }

    private Action<double> Throttled(int epoch, StallWatch watch)
    {
        var last = Environment.TickCount64;
        return progress =>
        {
            watch.Beat();
            var now = Environment.TickCount64;
            if (now - last < ProgressInterval.TotalMilliseconds) return;
            last = now;
            _observer.Progressed(epoch, progress);
        };
    }

    internal static bool IsOutOfMemory(Exception failure) =>
        failure is OutOfMemoryException
        || failure is ExternalException && OutOfMemoryTexts.Any(text => failure.Message.Contains(text, StringComparison.OrdinalIgnoreCase));

    /// <summary>False where the sweep does not want micro-batches to grow in number, or they are as small as can be.</summary>
    private bool CanCutFiner => _microBatches < MostMicroBatches;

    private int MostMicroBatches => TrainingMemory.MostMicroBatches(_command.Configuration);

    private void CutFiner() => _microBatches = (int)Math.Min(2L * _microBatches, MostMicroBatches);

    /// <summary>Bytes, by the estimate that <c>--dry-run</c> shows.</summary>
    private long Need() => TrainingMemory.Bytes(_command.Configuration, _microBatches);

    private string MemoryNeed()
    {
        var device = _device.Describe();
        var cut = _microBatches > 1 ? $" in {_microBatches} micro-batches" : "";
        var peak = PeakMemoryBytes is { } bytes ? $"; the worker held up to {bytes >> 20:N0} MiB" : "";
        var advice = Training.AutoAccumulate ? "take a smaller network" : "lower batch_size, or give accumulate: auto";
        return $"training needs about {Need() >> 20:N0} MiB at batch size {Training.BatchSize}{cut}, "
            + $"and {device.Name} has {device.MemoryBytes >> 20:N0} MiB{peak}; {advice}";
    }

    private static string FirstLine(Exception failure) => failure.Message.Split('\n')[0].Trim();
}
