using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Serilog;
using Sweep.GpuWorker.Data;
using Sweep.Shared;
using Sweep.Shared.Protocol;

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
    /// <summary>libtorch tells its failures apart in their texts alone.</summary>
    private static readonly string[] OutOfMemoryTexts = ["not enough memory", "out of memory", "can't allocate memory", "bad_alloc"];

    private readonly StartAttempt _command;
    private readonly ITrainer? _trainer;
    private readonly IAttemptObserver _observer;
    private readonly ILogger _log;
    private readonly Action<string> _onStall;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private int _stopReason = (int)AttemptEnding.Stopped;
    private int _stopped;

    private AttemptRunner(StartAttempt command, IEnumerable<ITrainer> trainers, IAttemptObserver observer, ILogger log, Action<string> onStall, TimeProvider time)
    {
        (_command, _observer, _log, _onStall, _time) = (command, observer, log, onStall, time);
        _trainer = trainers.FirstOrDefault(trainer => trainer.Name == command.Configuration.TrainerName);
        _thread = new Thread(Run) { IsBackground = true, Name = $"attempt {command.Attempt}" };
    }

    /// <summary>Starts to train, and returns.</summary>
    /// <param name="trainers">Of which the one that the configuration names trains.</param>
    /// <param name="log">Is told what costs no attempt: a checkpoint that cannot be kept, say.</param>
    /// <param name="onStall">
    /// Is told, once and in words, when training has stood still for longer than <see cref="StallWatch"/> allows. The thread cannot be
    /// ended from outside: whoever hears of it ends the process.
    /// </param>
    public static AttemptRunner Start(
        StartAttempt command, IEnumerable<ITrainer> trainers, IAttemptObserver observer, ILogger log, Action<string> onStall, TimeProvider? time = null)
    {
        var runner = new AttemptRunner(command, trainers, observer, log, onStall, time ?? TimeProvider.System);
        runner._thread.Start();
        return runner;
    }

    /// <summary>Ends the attempt soon, with <paramref name="reason"/>; nothing where it has ended or was stopped before.</summary>
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

    private AttemptEnding StopReason => (AttemptEnding)Volatile.Read(ref _stopReason);

    private void Run()
    {
        var (ending, detail) = RunToEnd();
        _observer.Ended(ending, detail);
    }

    /// <summary>Whatever happens becomes an outcome: a worker outlives its attempts.</summary>
    private AttemptEnd RunToEnd()
    {
        if (_trainer is null) return new(AttemptEnding.Failed, NoTrainer());
        using var watch = new StallWatch(
            _time, silence => _onStall($"{_command.Attempt} has done no batch for {silence.TotalSeconds:N0} s, far longer than any before"));
        try
        {
            return _trainer.Train(new Attempt(_command, _observer, watch, _log, () => StopReason, _stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return new(StopReason);
        }
        catch (MissingOriginException failure)
        {
            return new(AttemptEnding.Failed, failure.Message);
        }
        catch (DatasetException failure)
        {
            return new(AttemptEnding.DataFailed, failure.Message);
        }
        catch (Exception failure) when (IsOutOfMemory(failure))
        {
            return new(AttemptEnding.OutOfMemory, FirstLine(failure));
        }
        catch (Exception failure)
        {
            // The sweep keeps one line of it; where it came from is for whoever looks for the cause.
            _log.Error(failure, "{Attempt} failed", _command.Attempt.ToString());
            return new(AttemptEnding.Failed, $"{failure.GetType().Name}: {FirstLine(failure)}");
        }
    }

    private string NoTrainer() => _command.Configuration.TrainerName == TrainerSettings.CommandName
        ? "this worker runs no commands; start it with --allow-commands"
        : $"this worker has no trainer `{_command.Configuration.TrainerName}`; start one that brings it along";

    internal static bool IsOutOfMemory(Exception failure) =>
        failure is OutOfMemoryException || failure is ExternalException && IsOutOfMemory(failure.Message);

    /// <summary>Whether a program's or a library's last words say so.</summary>
    internal static bool IsOutOfMemory(string text) => OutOfMemoryTexts.Any(words => text.Contains(words, StringComparison.OrdinalIgnoreCase));

    internal static string FirstLine(Exception failure) => failure.Message.Split('\n')[0].Trim();
}
