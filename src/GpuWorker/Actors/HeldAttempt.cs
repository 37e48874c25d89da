using System.Diagnostics;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.GpuWorker.Actors;

/// <summary>
/// What the training thread has said and the sweep has not acknowledged yet. It belongs to the process, not to an actor system:
/// when the coordinator goes and comes back, nothing that was measured meanwhile is lost. Safe for use from several threads.
/// </summary>
public sealed class HeldAttempt(AttemptId attempt) : IAttemptObserver
{
    private readonly Lock _lock = new();
    private readonly List<EpochReport> _reports = [];
    private readonly List<long> _reported = [];
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (AttemptEnding Ending, string? Detail)? _end;
    private (int Epoch, double Progress) _progress = (1, 0);

    /// <summary>Called on the training thread when there is something new to send.</summary>
    public Action? Changed { get; set; }

    public AttemptId Attempt { get; } = attempt;

    /// <summary>Completes when the training thread has ended the attempt, its last checkpoint included.</summary>
    public Task Over => _over.Task;

    /// <summary>What must still be sent and acknowledged: reports in order, and the end once all reports are.</summary>
    public (IReadOnlyList<EpochReport> Reports, (AttemptEnding Ending, string? Detail)? End) Unacknowledged
    {
        get
        {
            lock (_lock) return ([.. _reports], _reports.Count == 0 ? _end : null);
        }
    }

    public (int Epoch, double Progress) Progress
    {
        get
        {
            lock (_lock) return _progress;
        }
    }

    public void EpochFinished(EpochReport report)
    {
        lock (_lock)
        {
            _reports.Add(report);
            _reported.Add(Stopwatch.GetTimestamp());
            _progress = (report.Epoch + 1, 0);
        }
        Changed?.Invoke();
    }

    public void Progressed(int epoch, double epochProgress)
    {
        lock (_lock) _progress = (epoch, epochProgress);
    }

    public void Ended(AttemptEnding ending, string? detail)
    {
        lock (_lock) _end = (ending, detail);
        _over.TrySetResult();
        Changed?.Invoke();
    }

    /// <returns>How long each of the reports has waited that are acknowledged now.</returns>
    public IReadOnlyList<TimeSpan> Acknowledge(int epoch)
    {
        lock (_lock)
        {
            var count = _reports.TakeWhile(report => report.Epoch <= epoch).Count();
            TimeSpan[] waited = [.. _reported.Take(count).Select(since => Stopwatch.GetElapsedTime(since))];
            _reports.RemoveRange(0, count);
            _reported.RemoveRange(0, count);
            return waited;
        }
    }

    /// <summary>The attempt lost its trial: its reports count for nothing, and only its end is still to be said.</summary>
    public void ForgetReports()
    {
        lock (_lock)
        {
            _reports.Clear();
            _reported.Clear();
        }
    }
}
