using System.Collections.Immutable;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Audits;

/// <summary>
/// Whether events tell a story that can be true. It keeps its own books and does not ask <see cref="SweepState"/>, which it audits too.
/// </summary>
public sealed class HistoryAudit
{
    private readonly ImmutableArray<string>.Builder _problems = ImmutableArray.CreateBuilder<string>();
    private readonly Dictionary<TrialId, Account> _trials = [];
    private readonly HashSet<WorkerId> _busy = [];
    private int _startedAttempts, _endedAttempts;
    private SweepEnding? _ending;
    private bool _hasStarted, _isPaused;
    private int _number;

    private HistoryAudit() { }

    /// <summary>What is wrong, in the events' order; empty where nothing is.</summary>
    /// <param name="state">What the events led to.</param>
    public static ImmutableArray<string> ProblemsIn(IEnumerable<ISweepEvent> events, SweepState state)
    {
        var audit = new HistoryAudit();
        foreach (var sweepEvent in events) audit.Read(sweepEvent);
        audit.Close(state);
        return audit._problems.ToImmutable();
    }

    private void Read(ISweepEvent sweepEvent)
    {
        _number++;
        Check(sweepEvent is SweepStarted != _hasStarted, "a sweep starts once, and first");
        Check(_ending is null || sweepEvent is SweepResumed or SweepExtended, "nothing happens in a sweep that has ended until it is resumed");
        switch (sweepEvent)
        {
            case SweepStarted: _hasStarted = true; break;
            case LessonsLearned: Check(_trials.Count == 0, "a sweep learns from earlier runs before its first trial"); break;
            case SweepResumed or SweepExtended: _ending = null; break;
            case SweepPaused: _isPaused = true; break;
            case SweepUnpaused: _isPaused = false; break;
            case TrialCreated created: Create(created); break;
            case AttemptStarted started: Start(started); break;
            case EpochRecorded recorded: Record(recorded); break;
            case AttemptClosed closed: Close(closed); break;
            case TrialPaused paused: Pause(paused); break;
            case TrialExploited exploited: Exploit(exploited); break;
            case TrialFinished finished: Finish(finished); break;
            case AttemptRefused refused: Refuse(refused); break;
            case SearchExhausted: break;
            case SweepFinished finished: _ending = finished.Ending; break;
            default: throw new ArgumentOutOfRangeException(nameof(sweepEvent), sweepEvent, "unknown event");
        }
    }

    private void Create(TrialCreated created)
    {
        Check(created.Trial.Number == _trials.Count + 1, $"trial {created.Trial} is created out of order");
        _trials[created.Trial] = new Account();
    }

    private void Start(AttemptStarted started)
    {
        var (attempt, account) = (started.Attempt, AccountOf(started.Attempt.Trial));
        Check(account.Outcome is null, $"attempt {attempt} starts after its trial has ended");
        Check(!_isPaused, $"attempt {attempt} starts while the sweep is paused");
        Check(account.Running is null, $"attempt {attempt} starts while {account.Running} holds the trial");
        Check(attempt.Number == account.Attempts + 1, $"attempt {attempt} follows attempt {account.Attempts}");
        Check(
            started.RecordedEpochs == account.Epochs,
            $"attempt {attempt} is told of {started.RecordedEpochs} epochs, and {account.Epochs} are recorded");
        account.IsPaused = false;
        Check(_busy.Add(started.Worker), $"attempt {attempt} starts on a worker that holds another");
        (account.Running, account.Attempts, account.Worker) = (attempt, attempt.Number, started.Worker);
        _startedAttempts++;
    }

    private void Record(EpochRecorded recorded)
    {
        var (attempt, epoch, account) = (recorded.Attempt, recorded.Report.Epoch, AccountOf(recorded.Attempt.Trial));
        Check(account.Running == attempt, $"epoch {epoch} is recorded of attempt {attempt}, which does not hold its trial");
        Check(epoch == account.Epochs + 1, $"trial {attempt.Trial}: epoch {epoch} follows epoch {account.Epochs}");
        account.Epochs = epoch;
    }

    private void Close(AttemptClosed closed)
    {
        var account = AccountOf(closed.Attempt.Trial);
        Check(account.Running == closed.Attempt, $"attempt {closed.Attempt} is closed and does not hold its trial");
        EndRunning(account);
    }

    private void Pause(TrialPaused paused)
    {
        var account = AccountOf(paused.Attempt.Trial);
        Check(account.Running == paused.Attempt, $"attempt {paused.Attempt} pauses and does not hold its trial");
        account.IsPaused = true;
        EndRunning(account);
    }

    private void Exploit(TrialExploited exploited)
    {
        var (account, source) = (AccountOf(exploited.Trial), AccountOf(exploited.Source));
        Check(account.IsPaused, $"trial {exploited.Trial} takes over trial {exploited.Source} and is not paused");
        Check(
            account.Epochs == exploited.Epoch && source.Epochs >= exploited.Epoch,
            $"trial {exploited.Trial} takes over trial {exploited.Source} after epoch {exploited.Epoch}, and they have {account.Epochs} and {source.Epochs}");
        Check(exploited.Trial != exploited.Source, $"trial {exploited.Trial} takes over itself");
    }

    private void Finish(TrialFinished finished)
    {
        var account = AccountOf(finished.Trial);
        account.IsPaused = false;
        Check(account.Outcome is null, $"trial {finished.Trial} has two outcomes: {account.Outcome} and {finished.Outcome}");
        account.Outcome = finished.Outcome;
        EndRunning(account);
    }

    private void Refuse(AttemptRefused refused) =>
        Check(AccountOf(refused.Attempt.Trial).Running != refused.Attempt, $"attempt {refused.Attempt} is refused while it holds its trial");

    private void EndRunning(Account account)
    {
        if (account.Running is null) return;
        _endedAttempts++;
        account.Running = null;
        _busy.Remove(account.Worker);
    }

    private void Close(SweepState state)
    {
        var ended = _trials.Values.Count(account => account.Outcome is not null);
        var running = _trials.Values.Count(account => account.Running is not null);
        var paused = _trials.Values.Count(account => account.IsPaused);
        var waiting = _trials.Count - ended - running - paused;
        Check(_startedAttempts == _endedAttempts + running, $"{_startedAttempts} attempts started, {_endedAttempts} ended, {running} run");
        Check(
            (state.TrialCount, state.FinishedCount, state.Running.Count, state.Waiting.Count, state.Paused.Count)
                == (_trials.Count, ended, running, waiting, paused),
            $"of {_trials.Count} trials {ended} have ended, {running} run, {waiting} wait and {paused} are paused, and the state says "
                + $"{state.FinishedCount}, {state.Running.Count}, {state.Waiting.Count} and {state.Paused.Count}");
        Check(
            _ending is null or SweepEnding.Interrupted or SweepEnding.FailureStorm || ended == _trials.Count,
            $"the sweep has ended, and {_trials.Count - ended} trials have not");
        Check(state.Ending == _ending, $"the sweep's ending is {_ending}, and the state says {state.Ending}");
        foreach (var trial in state.Trials)
            Check(
                trial.Reports.Count == AccountOf(trial.Id).Epochs && trial.Outcome == AccountOf(trial.Id).Outcome,
                $"trial {trial.Id}: the state is not what its events say");
    }

    private Account AccountOf(TrialId trial)
    {
        if (_trials.TryGetValue(trial, out var account)) return account;
        Check(false, $"trial {trial} was never created");
        return _trials[trial] = new Account();
    }

    private void Check(bool holds, string problem)
    {
        if (!holds) _problems.Add($"event {_number}: {problem}");
    }

    private sealed class Account
    {
        public int Attempts { get; set; }

        public AttemptId? Running { get; set; }

        public bool IsPaused { get; set; }

        public WorkerId Worker { get; set; }

        public int Epochs { get; set; }

        public TrialOutcome? Outcome { get; set; }
    }
}
