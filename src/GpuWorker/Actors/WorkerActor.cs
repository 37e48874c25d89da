using System.Diagnostics;
using Akka;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.GpuWorker.Actors;

/// <summary>The worker's identity and what it trains with: made once a process, used by one actor after the other.</summary>
/// <param name="StartTraining">Starts an attempt on a thread of its own, and returns the way to stop it.</param>
public sealed record WorkerProcess(
    WorkerId Id, DeviceDescription Device, Func<StartAttempt, IAttemptObserver, Action<AttemptEnding>> StartTraining)
{
    /// <summary>The attempt that the process runs, or whose end is not acknowledged yet.</summary>
    public (HeldAttempt Attempt, Action<AttemptEnding> Stop)? Held { get; set; }

    /// <summary>The attempt before that: a repeated command to start it is late.</summary>
    public AttemptId? Ended { get; set; }

    /// <summary>Told how long each report has waited for its acknowledgement.</summary>
    public Action<TimeSpan>? ReportAcknowledged { get; set; }

    private static readonly TimeSpan CoordinatorSilence = TimeSpan.FromSeconds(5);

    private long _coordinatorSeen = Stopwatch.GetTimestamp();
    private volatile bool _hasSeenCoordinator;

    /// <summary>There is a coordinator, or there was a moment ago. Safe from any thread.</summary>
    public bool HasCoordinator => _hasSeenCoordinator && WithoutCoordinator < CoordinatorSilence;

    /// <summary>How long there has been no coordinator. Safe from any thread.</summary>
    public TimeSpan WithoutCoordinator => Stopwatch.GetElapsedTime(Volatile.Read(ref _coordinatorSeen));

    public void SawCoordinator()
    {
        Volatile.Write(ref _coordinatorSeen, Stopwatch.GetTimestamp());
        _hasSeenCoordinator = true;
    }
}

/// <summary>Takes one attempt at a time, sends what it measures until that is acknowledged, and obeys stop.</summary>
/// <remarks>
/// The worker is no member of the coordinators' cluster. It asks at every address that it was given, and whoever answers is at work: a coordinator
/// that stands by does not listen, and one that has been replaced does not answer. It asks again when it has not had a word for a while.
/// </remarks>
public sealed class WorkerActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AnnounceInterval = TimeSpan.FromSeconds(1);

    /// <summary>Each second brings a word from a coordinator at work; without one for so long, another may be.</summary>
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(3);

    /// <summary>Reports on their way at once. A coordinator that comes back after hours is not to be flooded.</summary>
    private const int Window = 32;

    /// <summary>The attempt's end comes after all its reports.</summary>
    private const int End = int.MaxValue;

    private readonly WorkerProcess _process;
    private readonly IReadOnlyList<Address> _coordinators;
    private readonly HashSet<Address> _connected = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private Address? _coordinator;
    private long _word;
    private IActorRef? _drainedTo;
    private bool _isLeaving;
    private int _sent, _sentBefore;

    /// <param name="coordinators">Where coordinators may listen.</param>
    public WorkerActor(WorkerProcess process, IReadOnlyList<Address> coordinators)
    {
        (_process, _coordinators) = (process, coordinators);
        Receive<Announce>(_ => OnAnnounce());
        Receive<Poked>(_ => Send(after: _sent));
        Receive<StartAttempt>(OnStart);
        Receive<EpochAcknowledged>(OnAcknowledged);
        Receive<EndAcknowledged>(OnEndAcknowledged);
        Receive<StopAttempt>(OnStop);
        Receive<WorkerNoted>(_ => { });
        Receive<AssociatedEvent>(made => _connected.Add(made.RemoteAddress));
        Receive<DisassociatedEvent>(broken => _connected.Remove(broken.RemoteAddress));
        Receive<Drain>(_ => OnDrain());
    }

    /// <summary>Hand the trial back and take no other; answered with <see cref="Done"/> when that is acknowledged.</summary>
    public sealed record Drain;

    private sealed record Announce;

    private sealed record Poked;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(AssociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Timers.StartPeriodicTimer("announce", new Announce(), TimeSpan.FromMilliseconds(100), AnnounceInterval);
        if (_process.Held is { } held) Watch(held.Attempt);
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    /// <summary>Whoever commands is the coordinator at work.</summary>
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is IWorkerCommand) Heard(Sender.Path.Address);
        return base.AroundReceive(receive, message);
    }

    private void Heard(Address coordinator)
    {
        _word = Stopwatch.GetTimestamp();
        _process.SawCoordinator();
        if (_coordinator == coordinator) return;
        _log.Info("Found the coordinator at {Address}", coordinator);
        _coordinator = coordinator;
        Send(after: 0);
    }

    private void Watch(HeldAttempt attempt)
    {
        var self = Self;
        attempt.Changed = () => self.Tell(new Poked());
    }

    private void OnAnnounce()
    {
        // It waits for its store, say, and cannot answer; but it is there.
        if (_coordinators.Any(_connected.Contains)) _process.SawCoordinator();
        if (_coordinator is not null && Stopwatch.GetElapsedTime(_word) > SilenceLimit)
        {
            _log.Warning("The coordinator is silent; looking for one, and training on");
            _coordinator = null;
        }
        if (_process.Held is { } held)
        {
            // A report says as much as a heartbeat.
            if (_coordinator is null || _sent == _sentBefore) Tell(HeartbeatOf(held.Attempt));
            Send(after: IsOverdue(held.Attempt) ? 0 : _sent);
            _sentBefore = _sent;
        }
        else if (!_isLeaving)
        {
            Tell(new WorkerAvailable(_process.Id, _process.Device, null));
        }
    }

    private Heartbeat HeartbeatOf(HeldAttempt attempt)
    {
        var (epoch, progress) = attempt.Progress;
        return new Heartbeat(_process.Id, attempt.Attempt, epoch, progress);
    }

    /// <summary>Something was sent an interval ago or earlier, and is not acknowledged.</summary>
    private bool IsOverdue(HeldAttempt attempt)
    {
        var (reports, end) = attempt.Unacknowledged;
        return reports.Count > 0 ? reports[0].Epoch <= _sentBefore : end is not null && _sentBefore == End;
    }

    /// <summary>Sends what is not acknowledged.</summary>
    /// <param name="after">Only what comes after this epoch.</param>
    private void Send(int after)
    {
        if (_coordinator is null || _process.Held is not { } held) return;
        var (reports, end) = held.Attempt.Unacknowledged;
        foreach (var report in reports.Take(Window).Where(report => report.Epoch > after))
        {
            Tell(new EpochReported(_process.Id, held.Attempt.Attempt, report));
            _sent = Math.Max(_sent, report.Epoch);
        }
        if (end is not var (ending, detail) || after == End) return;
        Tell(new AttemptEnded(_process.Id, held.Attempt.Attempt, ending, detail));
        _sent = End;
    }

    /// <summary>To the coordinator at work; to all while that is unknown.</summary>
    private void Tell(IWorkerReport report)
    {
        foreach (var address in _coordinator is { } known ? [known] : _coordinators)
            Context.ActorSelection(new RootActorPath(address) / ClusterNames.SweepActorPath).Tell(report);
    }

    private void OnStart(StartAttempt start)
    {
        if (_process.Held is not null || _process.Ended == start.Attempt || _isLeaving) return;
        var attempt = new HeldAttempt(start.Attempt);
        (_sent, _sentBefore) = (0, 0);
        Watch(attempt);
        _log.Info("Attempt {Attempt} starts", start.Attempt);
        _process.Held = (attempt, _process.StartTraining(start, attempt));
    }

    private void OnAcknowledged(EpochAcknowledged message)
    {
        if (Current(message.Attempt) is not var (attempt, stop)) return;
        foreach (var waited in attempt.Acknowledge(message.Epoch)) _process.ReportAcknowledged?.Invoke(waited);
        if (message.Decision == TrialDecision.Stop)
        {
            attempt.ForgetReports();
            stop(AttemptEnding.Stopped);
        }
        Send(after: _sent);
    }

    private void OnStop(StopAttempt message)
    {
        if (Current(message.Attempt) is not var (attempt, stop)) return;
        _log.Info("Attempt {Attempt} is to stop: {Reason}", message.Attempt, message.Reason);
        attempt.ForgetReports();
        stop(AttemptEnding.Stopped);
    }

    private void OnEndAcknowledged(EndAcknowledged message)
    {
        if (Current(message.Attempt) is null) return;
        _log.Info("Attempt {Attempt} has ended", message.Attempt);
        (_process.Held, _process.Ended) = (null, message.Attempt);
        if (_isLeaving) _drainedTo?.Tell(Done.Instance);
        else OnAnnounce();
    }

    private void OnDrain()
    {
        _isLeaving = true;
        _drainedTo = Sender;
        if (_process.Held is { } held) held.Stop(AttemptEnding.Released);
        else Sender.Tell(Done.Instance);
    }

    private (HeldAttempt Attempt, Action<AttemptEnding> Stop)? Current(AttemptId attempt) =>
        _process.Held is { } held && held.Attempt.Attempt == attempt ? held : null;
}
