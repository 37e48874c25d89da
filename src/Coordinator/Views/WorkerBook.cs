using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Views;

/// <summary>Workers that are there, and the newest of those that were.</summary>
public sealed class WorkerBook
{
    private const int MostGone = 200;

    private readonly Dictionary<WorkerId, WorkerRecord> _here = [];
    private readonly LinkedList<WorkerRecord> _gone = [];
    private readonly Dictionary<AttemptId, (int Epoch, double Progress)> _progress = [];

    public IReadOnlyCollection<WorkerRecord> Here => _here.Values;

    /// <summary>Newest first.</summary>
    public IReadOnlyCollection<WorkerRecord> Gone => _gone;

    /// <summary>Share, in [0, 1], of the epoch in training; 0 where nothing is known of it.</summary>
    public double ProgressOf(AttemptId attempt, int epoch) => _progress.TryGetValue(attempt, out var newest) && newest.Epoch == epoch ? newest.Progress : 0;

    internal WorkerRecord? Find(WorkerId worker) => _here.GetValueOrDefault(worker);

    /// <param name="device">Null where nothing new is known of it.</param>
    internal void Arrived(WorkerId worker, DeviceDescription? device, DateTimeOffset now) =>
        _here[worker] = new WorkerRecord(worker, device ?? Find(worker)?.Device, now, null, null);

    internal void Left(WorkerId worker, string reason, DateTimeOffset now)
    {
        if (!_here.Remove(worker, out var record)) return;
        _gone.AddFirst(record with { LeftAt = now, Reason = reason });
        if (_gone.Count > MostGone) _gone.RemoveLast();
    }

    internal void Progressed(AttemptId attempt, int epoch, double progress) => _progress[attempt] = (epoch, progress);

    internal void Ended(AttemptId attempt) => _progress.Remove(attempt);
}

/// <param name="Device">Null where this process has not been told.</param>
/// <param name="LeftAt">Null while it is there.</param>
public sealed record WorkerRecord(WorkerId Worker, DeviceDescription? Device, DateTimeOffset Since, DateTimeOffset? LeftAt, string? Reason);

/// <summary>The newest things that a person should look at.</summary>
public sealed class WarningBook
{
    private const int Most = 200;

    private readonly LinkedList<SweepWarning> _warnings = [];

    /// <summary>Newest first.</summary>
    public IReadOnlyCollection<SweepWarning> Newest => _warnings;

    internal void Add(DateTimeOffset at, TrialId? trial, string text)
    {
        _warnings.AddFirst(new SweepWarning(at, trial?.Number, text));
        if (_warnings.Count > Most) _warnings.RemoveLast();
    }

    internal void Enter(ISweepEvent sweepEvent)
    {
        switch (sweepEvent)
        {
            case AttemptClosed { Closure: not AttemptClosure.Released } closed:
                Add(closed.At, closed.Attempt.Trial, $"attempt {closed.Attempt} {(closed.Closure == AttemptClosure.Lost ? "was lost" : "failed")}: {closed.Detail}");
                break;
            case TrialFinished { Failure: not null } finished:
                Add(finished.At, finished.Trial, $"trial {finished.Trial} {FailurePolicy.Name(finished.Failure.Value)}: {finished.Detail}");
                break;
            case AttemptRefused refused:
                Add(refused.At, refused.Attempt.Trial, $"attempt {refused.Attempt} on {refused.Worker.ShortName} reported after it had lost its trial, and was refused");
                break;
            case SweepFinished { Ending: SweepEnding.FailureStorm } finished:
                Add(finished.At, null, $"the sweep pauses: {finished.Detail}");
                break;
        }
    }
}

/// <param name="Trial">Null where it is not of one trial.</param>
public sealed record SweepWarning(DateTimeOffset At, int? Trial, string Text);
