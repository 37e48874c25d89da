using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using Serilog;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Displays;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator;

/// <summary>
/// Turns what happens into what a person sees: log lines, the progress view, and the files of each finished trial. The actor only
/// queues; files are written and charts drawn on a task of their own, so that no report waits for a disk or a terminal. When it falls
/// behind, it says so, and no trial starts until it has caught up.
/// </summary>
/// <remarks>
/// A picture takes as long as all else of a hundred trials. So one is drawn now and then, when there is nothing else to do, and when the sweep
/// is over those of the best.
/// </remarks>
internal sealed class SweepFollower : ISweepListener, IAsyncDisposable
{
    /// <summary>What is queued holds memory, a thousand bytes or two each.</summary>
    private const int MostQueued = 10_000;

    private const int MostUndrawn = 1_000, DrawnAtTheEnd = 50;

    private static readonly TimeSpan DrawInterval = TimeSpan.FromSeconds(1);

    private readonly Channel<Action> _queue = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource<SweepState> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<TrialId> _undrawn = [];
    private readonly HashSet<TrialId> _unwritten = [];
    private int? _total;
    private readonly RunFolder _folder;
    private readonly IProgressView _view;
    private readonly ILogger _log;
    private readonly Task _consumer;
    private long _seen;
    private long _inSnapshot;
    private long _drawn = Stopwatch.GetTimestamp();
    private int _queued;
    private volatile bool _isStoreLost;
    private SweepState _state;

    /// <param name="initial">After all events that are stored.</param>
    /// <param name="seen">Number of the last of them.</param>
    /// <param name="total">Trials that there will be; null where nobody knows.</param>
    public SweepFollower(SweepState initial, long seen, int? total, RunFolder folder, IProgressView view, ILogger log)
    {
        (_state, _seen, _total, _folder, _view, _log) = (initial, seen, total, folder, view, log);
        _consumer = Task.Run(ConsumeAsync);
    }

    /// <summary>The final state; fails where the sweep cannot go on.</summary>
    public Task<SweepState> Ended => _ended.Task;

    /// <summary>So much is queued that no more should happen than must. Safe from any thread.</summary>
    public bool IsBehind => Volatile.Read(ref _queued) > MostQueued;

    /// <summary>The sweep waits for its store. Safe from any thread.</summary>
    public bool IsStoreLost => _isStoreLost;

    /// <summary>
    /// Makes good what an earlier coordinator stored and did not live to show: lines of the log, and files of trials that have ended.
    /// </summary>
    public static void Restore(RunFolder folder, StoredHistory history, SweepState state, ILogger log)
    {
        var number = RunLog.LastEventIn(folder.Log);
        foreach (var sweepEvent in history.EventsAfter(number)) Log(log.ForContext(RunLog.EventNumber, ++number), sweepEvent);
        WriteMissingFiles(folder, state);
    }

    private static void WriteMissingFiles(RunFolder folder, SweepState state)
    {
        foreach (var trial in state.Trials.Where(trial => trial.Outcome is not null && !TrialFiles.AreWhole(folder.Path, trial)))
        {
            if (!state.KeepsCheckpoints) AttemptFolder.DeleteCheckpointsOf(folder.Path, trial.Id);
            TrialFiles.Write(folder.Path, trial);
        }
    }

    public void Happened(long number, SweepState state, ISweepEvent sweepEvent)
    {
        if (number <= _seen) return;
        _seen = number;
        Post(() =>
        {
            Log(_log.ForContext(RunLog.EventNumber, number), sweepEvent);
            Show(state, sweepEvent);
        });
        if (!SnapshotFile.IsDue(number, _inSnapshot)) return;
        _inSnapshot = number;
        Post(() => SnapshotFile.Write(_folder.Snapshot, state, number));
    }

    public void WaitsForLarger((TrialId Trial, long Bytes)? trial, long largestBytes)
    {
        if (trial is not var (number, bytes)) return;
        _log.Warning("Trial {Trial} needs about {Bytes} bytes of memory, more than any worker has that is there: {Largest}", number.Number, bytes, largestBytes);
        Post(() => _view.Line($"trial {number} waits for a larger worker: it needs about {bytes >> 20:N0} MiB, and the largest that is there has {largestBytes >> 20:N0} MiB"));
    }

    public void StoreLost(Exception cause)
    {
        if (_isStoreLost) return;
        _isStoreLost = true;
        _log.Error(cause, "The store is lost: the sweep waits until it is back");
        Post(() => _view.Line($"paused: the history cannot be stored ({cause.GetBaseException().Message}); the sweep goes on when it can"));
    }

    public void StoreFound()
    {
        if (!_isStoreLost) return;
        _isStoreLost = false;
        _log.Information("The store is back: the sweep goes on");
        Post(() => _view.Line("the history is stored again; the sweep goes on"));
    }

    public void Failed(Exception cause) => _ended.TrySetException(cause);

    /// <summary>Waits until everything queued is shown and written, and what could not be written then is tried once more.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _consumer;
    }

    private Objective Objective => _state.Definition.Objective;

    private void Post(Action action)
    {
        Interlocked.Increment(ref _queued);
        if (!_queue.Writer.TryWrite(action)) Interlocked.Decrement(ref _queued);
    }

    private async Task ConsumeAsync()
    {
        await foreach (var action in _queue.Reader.ReadAllAsync())
        {
            Try(action);
            Interlocked.Decrement(ref _queued);
            if (!_queue.Reader.TryPeek(out _)) Try(DrawOne);
        }
        foreach (var trial in _unwritten.ToList()) Try(() => WriteFiles(_state[trial]));
        foreach (var trial in BestUndrawn()) Try(() => TrialFiles.Draw(_folder.Path, trial));
    }

    private void DrawOne()
    {
        if (Stopwatch.GetElapsedTime(_drawn) < DrawInterval || !_undrawn.TryDequeue(out var trial)) return;
        TrialFiles.Draw(_folder.Path, _state[trial]);
        _drawn = Stopwatch.GetTimestamp();
    }

    /// <summary>Where a trial has no finite objective, after those that have one.</summary>
    private List<TrialState> BestUndrawn()
    {
        var sign = Objective.Maximizes ? -1 : 1;
        return _state.Trials.Where(trial => trial.Outcome is not null && !trial.Reports.IsEmpty)
            .OrderBy(trial => TrialResult.BestEpoch(Objective, trial.Reports) is { } best ? sign * Objective.Of(best) : double.PositiveInfinity)
            .Take(DrawnAtTheEnd).Where(trial => TrialFiles.IsUndrawn(_folder.Path, trial)).ToList();
    }

    private void WriteFiles(TrialState trial)
    {
        // Until they are: the disk may be full.
        _unwritten.Add(trial.Id);
        TrialFiles.Write(_folder.Path, trial);
        _unwritten.Remove(trial.Id);
        if (trial.Reports.IsEmpty) return;
        if (_undrawn.Count == MostUndrawn) _undrawn.Dequeue();
        _undrawn.Enqueue(trial.Id);
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.Error(exception, "A view could not be written");
            _view.Line($"warning: {exception.Message}");
        }
    }

    private void Show(SweepState state, ISweepEvent sweepEvent)
    {
        _state = state;
        if (sweepEvent is SweepFinished end)
        {
            if (end.Ending == SweepEnding.FailureStorm)
                _view.Line($"paused: {end.Detail}; when that is mended, coordinator --resume {_folder.Path} goes on");
            else if (end.Ending is not (SweepEnding.AllTrialsEnded or SweepEnding.Interrupted))
                _view.Line($"ended: {end.Detail}");
            _ended.TrySetResult(state);
        }
        if (sweepEvent is SweepPaused) _view.Line("paused: coordinator resume goes on");
        if (sweepEvent is SweepUnpaused) _view.Line("the sweep goes on");
        if (sweepEvent is SweepExtended) _total = TotalOf(state.Definition);
        if (sweepEvent is LessonsLearned learned) _view.Line(learned.Lessons.ToString());
        if (sweepEvent is SweepExtended { Extension.SweepFile: var file })
            AtomicFile.Write(_folder.SweepFile, stream => stream.Write(Encoding.UTF8.GetBytes(file)));
        if (sweepEvent is TrialFinished finished)
        {
            var trial = state[finished.Trial];
            _view.Line(ProgressSentences.TrialFinished(Objective, trial, state.FinishedCount, _total));
            if (!state.Scheduler.TrainsAll) DeleteCheckpoints(trial.Id);
            WriteFiles(trial);
            if (state.Scheduler.TrainsAll && !state.KeepsCheckpoints) DeleteCheckpointsOfAll();
        }
    }

    private void DeleteCheckpointsOfAll()
    {
        foreach (var trial in _state.Trials)
        {
            DeleteCheckpoints(trial.Id);
            TrialModel.Keep(_folder.Path, trial);
        }
    }

    /// <summary>Of a sweep that was extended; null where nobody knows, because the best are repeated or a grid ends by itself.</summary>
    private static int? TotalOf(SweepDefinition sweep) =>
        sweep.Replicates.OfBest > 1 || sweep.Search.Trials is not { } trials ? null : Math.Min(trials, sweep.Limits.MaxTrials ?? int.MaxValue);

    /// <summary>They cost space and nothing else: what cannot be deleted stays.</summary>
    private void DeleteCheckpoints(TrialId trial)
    {
        try
        {
            AttemptFolder.DeleteCheckpointsOf(_folder.Path, trial);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.Warning("The checkpoints of trial {Trial} could not be deleted: {Problem}", trial.Number, exception.Message);
        }
    }

    private static void Log(ILogger log, ISweepEvent sweepEvent)
    {
        if (AttemptOf(sweepEvent) is { } attempt) log = log.ForContext("Trial", attempt.Trial.Number);
        switch (sweepEvent)
        {
            case SweepStarted started:
                log.Information("Sweep {Sweep} started with seed {Seed}", started.Sweep.Value, started.Seed);
                break;
            case LessonsLearned { Lessons: var lessons }:
                log.Information("{Lessons}", lessons.ToString());
                break;
            case SweepResumed resumed:
                log.Information("Sweep resumed by version {Program}", resumed.Program);
                break;
            case SweepExtended { Extension: var extension }:
                log.Information("Sweep extended to {Trials} trials and {@Limits}", extension.Trials, extension.Limits);
                break;
            case SweepPaused:
                log.Information("Sweep paused");
                break;
            case SweepUnpaused:
                log.Information("Sweep unpaused");
                break;
            case TrialCreated created:
                log.Information("Trial {Trial} created: {Hyperparameters}", created.Trial.Number, created.Hyperparameters.ToString());
                break;
            case AttemptStarted started:
                log.Information(
                    "Attempt {Attempt} started on {Worker} with {Epochs} epochs recorded",
                    started.Attempt.ToString(), started.Worker.Value, started.RecordedEpochs);
                break;
            case EpochRecorded recorded:
                log.Information("Attempt {Attempt} reported {@Report}", recorded.Attempt.ToString(), recorded.Report);
                break;
            case AttemptClosed closed:
                log.Warning("Attempt {Attempt} closed: {Closure} ({Failure}), {Detail}", closed.Attempt.ToString(), closed.Closure, closed.Failure, closed.Detail);
                break;
            case TrialPaused paused:
                log.Information("Attempt {Attempt} pauses: {Detail}", paused.Attempt.ToString(), paused.Detail);
                break;
            case TrialExploited exploited:
                log.Information(
                    "Trial {Trial} goes on as trial {Source} after epoch {Epoch}, with {Hyperparameters}",
                    exploited.Trial.Number, exploited.Source.Number, exploited.Epoch, exploited.Hyperparameters.ToString());
                break;
            case TrialFinished finished:
                log.Information("Trial {Trial} ended: {Outcome}, {Detail}", finished.Trial.Number, finished.Outcome, finished.Detail);
                break;
            case AttemptRefused refused:
                log.Warning("Attempt {Attempt} on {Worker} reports after it has lost its trial, and is refused", refused.Attempt.ToString(), refused.Worker.Value);
                break;
            case SearchExhausted:
                log.Information("The search space is exhausted");
                break;
            case SweepFinished finished:
                log.Information("Sweep ended: {Ending}, {Detail}", finished.Ending, finished.Detail);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(sweepEvent), sweepEvent, "unknown event");
        }
    }

    private static AttemptId? AttemptOf(ISweepEvent sweepEvent) => sweepEvent switch
    {
        AttemptStarted started => started.Attempt,
        EpochRecorded recorded => recorded.Attempt,
        AttemptClosed closed => closed.Attempt,
        AttemptRefused refused => refused.Attempt,
        _ => null,
    };
}
