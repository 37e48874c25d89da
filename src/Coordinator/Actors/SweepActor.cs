using Akka.Actor;
using Akka.Event;
using Akka.Pattern;
using Akka.Persistence;
using Akka.Remote;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Terms;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Actors;

/// <summary>Follows the sweep: called after the event is stored, in order, on the actor's thread, and must return at once.</summary>
public interface ISweepListener
{
    /// <summary>An actor takes orders for the sweep from now on; the one before it, if there was one, has ended.</summary>
    void Opened(IActorRef sweep) { }

    /// <param name="number">Of the event, from 1. After a loss of the store, events come again that came before.</param>
    void Happened(long number, SweepState state, ISweepEvent sweepEvent);

    /// <summary>A worker is within an epoch; not stored.</summary>
    void Progressed(AttemptId attempt, int epoch, double epochProgress) { }

    /// <summary>The listener has not kept up with what happened: no trial should start until it has.</summary>
    bool IsBehind => false;

    /// <summary>No worker that is there is large enough for the trial, which waits for one that is. Told again when this changes; null when it is over.</summary>
    void WaitsForLarger((TrialId Trial, long Bytes)? trial, long largestBytes) { }

    /// <summary>So many commands wait for the write under way.</summary>
    void Queued(int commands) { }

    /// <summary>So many events were stored by one write.</summary>
    void Stored(int events, TimeSpan took) { }

    /// <summary>A report was answered, so long after it was received.</summary>
    void Answered(TimeSpan took) { }

    /// <summary>The store cannot be read or written: nothing happens until it can. Repeated at every attempt that fails.</summary>
    void StoreLost(Exception cause);

    /// <summary>Something was stored after the store was lost.</summary>
    void StoreFound();

    /// <summary>The sweep cannot go on; the cause's message says why.</summary>
    void Failed(Exception cause);
}

/// <summary>
/// The thin shell around <see cref="SweepDecisions"/>: it lets the core decide, stores the events, and only then answers and acts.
/// </summary>
/// <remarks>
/// Group commit: commands that arrive while a write is under way wait for its end, are then decided one after the other, and are
/// stored by one write. Under load this costs one disk flush for many reports, and an idle sweep stores each at once.
/// <para>
/// Where the store fails, the actor ends, by Akka's rule: what was stored is not known. Its supervisor starts another one, which
/// knows what was stored by reading it. Workers repeat what was not acknowledged, so nothing is lost but time.
/// </para>
/// <para>
/// Without the <see cref="ITerm"/> the actor is deaf and mute: another coordinator may be at work, and know better. The term is asked
/// before each decision and before each answer to what was stored. What is stored in spite of that, because the process was frozen
/// between question and write, is either refused by the journal, where each number is taken once, or older than all that the next
/// coordinator has read.
/// </para>
/// </remarks>
public sealed class SweepActor : ReceivePersistentActor, IWithTimers
{
    /// <summary>Silence after which a worker's attempt goes to another one, unless the person says otherwise.</summary>
    public static readonly TimeSpan DefaultLease = TimeSpan.FromSeconds(30);

    /// <summary>What a worker elsewhere needs at most to miss the old coordinator and to find this one.</summary>
    private static readonly TimeSpan ReturnTime = TimeSpan.FromSeconds(10);

    private const string IdPrefix = "sweep-";
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromSeconds(10);

    private readonly SweepDecisions _decisions;
    private readonly string _storage;
    private readonly ITerm _term;
    private readonly IActorRef _pool;
    private readonly ISweepListener _listener;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly TimeSpan _lease;
    private readonly WorkerRoster<IActorRef> _workers;
    private readonly Queue<(ISweepCommand Command, Action<Decided> Answer)> _waiting = [];
    private readonly SweepMemory _memory;
    private readonly StoredHistory _history;
    private bool _isWriting;
    private bool _hasStored;
    private bool _wasDeaf;
    private long? _largest;
    private (TrialId, long)? _tooLarge;

    /// <param name="history">Where the sweep's events are stored.</param>
    /// <param name="memory">What is known of them. An actor that ends, ends with it as it is, and the next one goes on from there.</param>
    /// <param name="opening">What this process begins with; doing it twice does it once.</param>
    /// <param name="storage">The run folder, as an absolute path.</param>
    /// <param name="term">Whether this process is the coordinator at work.</param>
    /// <param name="lease">Silence after which a worker's attempt goes to another one.</param>
    /// <param name="pool">Told which workers train for the sweep, and for whom it has nothing.</param>
    public SweepActor(
        StoredHistory history, SweepMemory memory, SweepDecisions decisions, ISweepCommand opening, string storage, ITerm term, ISweepListener listener,
        TimeProvider time, TimeSpan lease, IActorRef pool)
    {
        PersistenceId = PersistenceIdOf(history.Sweep);
        JournalPluginId = history.JournalPlugin;
        // Akka's own would want a folder beside wherever the program was started.
        SnapshotPluginId = "akka.persistence.no-snapshot-store";
        (_history, _memory, _decisions, _storage, _term, _listener, _time) = (history, memory, decisions, storage, term, listener, time);
        _started = time.GetTimestamp();
        (_lease, _workers, _pool) = (lease, new(lease), pool);

        Recover<RecoveryCompleted>(_ =>
        {
            if (!CatchUp()) return;
            foreach (var worker in State.Running.Keys) _workers.Expect(worker, Elapsed + ReturnTime + _lease);
            TellSlots();
            Submit(opening, Nothing);
            listener.Opened(Self);
        });

        Command<WorkerAvailable>(OnAvailable);
        Command<EpochReported>(OnReport);
        Command<AttemptEnded>(OnEnded);
        Command<Heartbeat>(OnHeartbeat);
        Command<WorkerExited>(exited => Lose(exited.Worker, exited.Reason));
        Command<Order>(OnOrder);
        Command<TrialAsked>(OnAsked);
        Command<CountWorkers>(_ => Sender.Tell(_workers.Count));
        Command<InterruptRequested>(_ => Submit(new InterruptSweep(Now), Nothing));
        Command<DisassociatedEvent>(broken => _workers.Disconnected(actor => actor.Path.Address == broken.RemoteAddress, Elapsed));
        Command<LargestWorker>(worker => _largest = worker.MemoryBytes);
        Command<ClockTicked>(_ => OnTick());
    }

    /// <summary>The actor under a supervisor that starts it anew, after a while, where the store fails.</summary>
    public static Props Supervised(Props actor) => BackoffSupervisor.Props(
        Backoff.OnStop(actor, "decisions", ShortestPause, LongestPause, randomFactor: 0, maxNrOfRetries: -1).WithAutoReset(LongestPause));

    /// <summary>Under which a sweep's events are stored.</summary>
    public static string PersistenceIdOf(SweepId sweep) => IdPrefix + sweep;

    public static SweepId SweepOf(string persistenceId) => new(persistenceId[IdPrefix.Length..]);

    /// <summary>A person wants the sweep to end now.</summary>
    public sealed record InterruptRequested;

    /// <summary>Answered with the number of workers that were heard of, when everything stored is known.</summary>
    public sealed record CountWorkers;

    /// <summary>The worker is certainly gone, or lost to the sweep.</summary>
    public sealed record WorkerExited(WorkerId Worker, string Reason);

    /// <summary>A person's order; answered with <see cref="OrderAnswered"/> when what it led to is stored.</summary>
    public sealed record Order(Func<DateTimeOffset, ISweepOrder> At);

    /// <param name="Problem">Why it was not carried out, and what to do; null where it was.</param>
    /// <param name="Events">What it led to; none where all was so already.</param>
    public sealed record OrderAnswered(string? Problem, IReadOnlyList<ISweepEvent> Events, long Number);

    /// <summary>Somebody outside of the cluster asks for a trial to train; answered with <see cref="TrialGiven"/>. Asked again, it is the same one.</summary>
    public sealed record TrialAsked(WorkerId Worker);

    /// <param name="Start">Null where there is none now.</param>
    /// <param name="Ending">Null while the sweep goes on.</param>
    public sealed record TrialGiven(StartAttempt? Start, SweepEnding? Ending);

    /// <summary>What the largest worker has that is there; null where nobody knows, or there is none.</summary>
    public sealed record LargestWorker(long? MemoryBytes);

    private sealed record ClockTicked;

    /// <param name="Problem">Why an order was not carried out; null where it was.</param>
    private sealed record Decided(IReadOnlyList<SweepStep> Steps, string? Problem);

    public override string PersistenceId { get; }

    /// <summary>Akka tells the number of the newest event, and hands over none: what is not known yet, <see cref="CatchUp"/> reads at once.</summary>
    public override Recovery Recovery => Recovery.None;

    public ITimerScheduler Timers { get; set; } = null!;

    private SweepState State => _memory.State;

    private DateTimeOffset Now => _time.GetUtcNow();

    private TimeSpan Elapsed => _time.GetElapsedTime(_started);

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Timers.StartPeriodicTimer("tick", new ClockTicked(), TimeSpan.FromSeconds(1));
        base.PreStart();
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _pool.Tell(new WorkerPoolActor.SweepSilent(_history.Sweep));
        base.PostStop();
    }

    /// <summary>What workers say while the term is not ours is for whose it is; they repeat it.</summary>
    protected override bool AroundReceive(Receive receive, object message) =>
        (message is IWorkerReport or ClockTicked && !HasTerm()) || base.AroundReceive(receive, message);

    private bool HasTerm()
    {
        var isOurs = _term.IsOurs;
        // Nobody was heard meanwhile, which is no worker's fault.
        if (isOurs && _wasDeaf) _workers.Extend(Elapsed + _lease);
        if (isOurs && _wasDeaf) TellSlots();
        if (!isOurs && !_wasDeaf) _pool.Tell(new WorkerPoolActor.SweepSilent(_history.Sweep));
        _wasDeaf = !isOurs;
        return isOurs;
    }

    private void OnAvailable(WorkerAvailable message)
    {
        var worker = Sender;
        if (message.Running is { } running)
        {
            Heard(message.Worker, worker);
            if (State.Holds(running, message.Worker)) worker.Tell(new WorkerNoted(message.Worker));
            else worker.Tell(new StopAttempt(running, "another attempt holds this trial, or the sweep has ended"));
            return;
        }
        if (_listener.IsBehind && !State.Running.ContainsKey(message.Worker))
        {
            _pool.Tell(new WorkerPoolActor.NothingFor(_history.Sweep, message.Worker));
            return;
        }
        Submit(new AssignTrial(message.Worker, Now, message.Device.MemoryBytes > 0 ? message.Device.MemoryBytes : null), () =>
        {
            if (AssignmentOf(message.Worker) is { } start)
            {
                Heard(message.Worker, worker);
                worker.Tell(start);
            }
            else
            {
                _pool.Tell(new WorkerPoolActor.NothingFor(_history.Sweep, message.Worker));
            }
        });
    }

    private StartAttempt? AssignmentOf(WorkerId worker)
    {
        if (!State.Running.TryGetValue(worker, out var attempt)) return null;
        var sweep = State.Definition;
        var trial = State[attempt.Trial];
        return new StartAttempt(
            attempt, trial.Configuration, trial.Seed, sweep.Seed, sweep.Objective, _storage, trial.ResumedFrom, _lease,
            State.OriginOf(trial.Id), sweep.Scheduler.Population?.IntervalEpochs);
    }

    private void OnReport(EpochReported message)
    {
        var worker = Sender;
        var received = _time.GetTimestamp();
        Heard(message.Worker, worker);
        Submit(new RecordEpoch(message.Attempt, message.Worker, message.Report, Now), () =>
        {
            if (AnswerTo(message) is not { } answer) return;
            worker.Tell(answer);
            _listener.Answered(_time.GetElapsedTime(received));
        });
    }

    /// <summary>Null where the report overtook one that was lost on the way: the worker sends both again.</summary>
    private IWorkerCommand? AnswerTo(EpochReported message)
    {
        if (State.Holds(message.Attempt, message.Worker))
            return message.Report.Epoch <= State[message.Attempt.Trial].Reports.Count
                ? new EpochAcknowledged(message.Attempt, message.Report.Epoch, TrialDecision.Continue)
                : null;
        return IsNewest(message.Attempt)
            ? new EpochAcknowledged(message.Attempt, message.Report.Epoch, TrialDecision.Stop)
            : new StopAttempt(message.Attempt, "another attempt holds this trial");
    }

    private bool IsNewest(AttemptId attempt) =>
        attempt.Sweep == State.Sweep && attempt.Trial.Number <= State.TrialCount && State[attempt.Trial].AttemptNumber == attempt.Number;

    private void OnEnded(AttemptEnded message)
    {
        var worker = Sender;
        Heard(message.Worker, worker);
        // The last report ended the trial, as a rule, and that is stored: no write under way is waited for.
        if (!State.Holds(message.Attempt, message.Worker)) worker.Tell(new EndAcknowledged(message.Attempt));
        else Submit(new EndAttempt(message.Attempt, message.Worker, message.Ending, message.Detail, Now), () => worker.Tell(new EndAcknowledged(message.Attempt)));
    }

    private void OnHeartbeat(Heartbeat message)
    {
        Heard(message.Worker, Sender);
        if (State.Holds(message.Attempt, message.Worker))
        {
            Sender.Tell(new WorkerNoted(message.Worker));
            _listener.Progressed(message.Attempt, message.Epoch, message.EpochProgress);
        }
        else
        {
            Sender.Tell(new StopAttempt(message.Attempt, "another attempt holds this trial, or the sweep has ended"));
        }
    }

    private void OnAsked(TrialAsked asked)
    {
        var caller = Sender;
        Submit(new AssignTrial(asked.Worker, Now), () =>
        {
            var start = AssignmentOf(asked.Worker);
            if (start is not null) Heard(asked.Worker, caller);
            caller.Tell(new TrialGiven(start, State.Ending));
        });
    }

    private void OnOrder(Order order)
    {
        var person = Sender;
        SubmitAndTell(order.At(Now), decided =>
        {
            ISweepEvent[] events = [.. decided.Steps.Select(step => step.Event)];
            foreach (var sweepEvent in events) Release(sweepEvent);
            person.Tell(new OrderAnswered(decided.Problem, events, _memory.Count));
        });
    }

    /// <summary>Whoever holds what a person has ended is told at once, and not with the next report.</summary>
    private void Release(ISweepEvent sweepEvent)
    {
        var (trial, reason) = sweepEvent switch
        {
            AttemptClosed closed => (State[closed.Attempt.Trial], closed.Detail),
            TrialFinished finished => (State[finished.Trial], finished.Detail),
            _ => (null, null),
        };
        if (trial is { Worker: { } worker })
            _workers.Find(worker)?.Tell(new StopAttempt(new AttemptId(_history.Sweep, trial.Id, trial.AttemptNumber), reason ?? "the trial has ended"));
    }

    private void OnTick()
    {
        foreach (var worker in _workers.Expired(Elapsed)) Lose(worker, _workers.IsConnected(worker) ? $"was silent for {_lease.TotalSeconds:0} s" : "is gone");
        Submit(new CheckLimits(Now), Nothing);
        TellWhatIsTooLarge();
    }

    private void TellWhatIsTooLarge()
    {
        var tooLarge = State.Ending is null ? WorkerFit.TooLargeForAll(State, _largest) : null;
        if (tooLarge == _tooLarge) return;
        _tooLarge = tooLarge;
        _listener.WaitsForLarger(tooLarge, _largest ?? 0);
    }

    private void Heard(WorkerId worker, IActorRef actor) => _workers.Heard(worker, actor, Elapsed);

    private void TellSlots() => _pool.Tell(new WorkerPoolActor.SlotsHeld(_history.Sweep, State.Running, State.Ending is not null));

    private void Lose(WorkerId worker, string reason)
    {
        _workers.Remove(worker);
        Submit(new LoseWorker(worker, $"worker {worker.ShortName} {reason}", Now), Nothing);
    }

    /// <summary>Decides and stores in turn; <paramref name="answer"/> runs when everything that the command led to is stored.</summary>
    private void Submit(ISweepCommand command, Action answer) => SubmitAndTell(command, _ => answer());

    /// <param name="answer">Is told what was decided.</param>
    private void SubmitAndTell(ISweepCommand command, Action<Decided> answer)
    {
        _waiting.Enqueue((command, answer));
        _listener.Queued(_waiting.Count);
        if (!_isWriting) WriteWaiting();
    }

    private void WriteWaiting()
    {
        if (_waiting.Count == 0 || !HasTerm()) return;
        var steps = new List<SweepStep>();
        var answers = new List<Action>();
        while (_waiting.TryDequeue(out var next))
        {
            var draft = steps is [.., var last] ? last.After : State;
            var problem = next.Command is ISweepOrder order ? SweepOrders.ProblemWith(draft, order) : null;
            var decided = problem is null ? _decisions.Steps(draft, next.Command) : [];
            steps.AddRange(decided);
            answers.Add(() => next.Answer(new Decided(decided, problem)));
        }
        _listener.Queued(0);
        if (steps.Count == 0)
        {
            foreach (var answer in answers) answer();
            return;
        }
        _isWriting = true;
        var (held, ending) = (State.Running, State.Ending);
        var written = 0;
        var asked = _time.GetTimestamp();
        PersistAllAsync(steps.Select(step => step.Event), _ =>
        {
            Happened(steps[written]);
            if (++written < steps.Count) return;
            _listener.Stored(written, _time.GetElapsedTime(asked));
            if (!_hasStored) _listener.StoreFound();
            _hasStored = true;
            _isWriting = false;
            if (State.Running != held || State.Ending != ending) TellSlots();
            if (HasTerm())
            {
                foreach (var answer in answers) answer();
                if (State.Ending is not null) StopAll(held);
            }
            WriteWaiting();
        });
    }

    /// <summary>What was stored without this process's knowing: by an actor that could not hear its store's answer, or by a coordinator before.</summary>
    /// <returns>False where this actor ends.</returns>
    private bool CatchUp()
    {
        try
        {
            if (LastSequenceNr < _memory.Count)
                _listener.Failed(new HistoryException(
                    $"the store holds {LastSequenceNr} events, and {_memory.Count} were stored: it has lost some, and the sweep cannot go on with it"));
            else if (LastSequenceNr > _memory.Count)
                foreach (var sweepEvent in _history.EventsAfter(_memory.Count)) Happened(new SweepStep(sweepEvent, State.Apply(sweepEvent)));
        }
        catch (HistoryException exception)
        {
            OnRecoveryFailure(exception);
        }
        if (_memory.Count != LastSequenceNr) Context.Stop(Self);
        return _memory.Count == LastSequenceNr;
    }

    private void Happened(SweepStep step)
    {
        _memory.Add(step);
        _listener.Happened(_memory.Count, State, step.Event);
    }

    private void StopAll(IEnumerable<KeyValuePair<WorkerId, AttemptId>> held)
    {
        foreach (var (worker, attempt) in held) _workers.Find(worker)?.Tell(new StopAttempt(attempt, "the sweep has ended"));
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _log.Error(cause, "The history could not be written at event {SequenceNumber}", sequenceNr);
        _listener.StoreLost(cause);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        _log.Error(reason, "The history could not be read");
        _listener.StoreLost(reason);
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        _listener.Failed(new InvalidOperationException($"an event cannot be stored: {cause.Message}", cause));
        Context.Stop(Self);
    }

    private static void Nothing() { }
}
