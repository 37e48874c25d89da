using System.Diagnostics;
using Akka;
using Akka.Actor;
using Akka.Cluster;
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
public sealed class WorkerActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AnnounceInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OrphanLimit = TimeSpan.FromSeconds(5);

    /// <summary>After the connection broke or the coordinator became unreachable: a word from it within this time, and nothing has happened.</summary>
    private static readonly TimeSpan WordLimit = TimeSpan.FromSeconds(2);

    private const string Doubtful = "doubtful";

    private readonly WorkerProcess _process;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ActorSelection? _sweep;
    private Address? _coordinator;
    private IActorRef? _drainedTo;
    private bool _isLeaving;

    public WorkerActor(WorkerProcess process)
    {
        _process = process;
        Receive<Announce>(_ => OnAnnounce());
        Receive<Poked>(_ => Send());
        Receive<StartAttempt>(OnStart);
        Receive<EpochAcknowledged>(OnAcknowledged);
        Receive<EndAcknowledged>(OnEndAcknowledged);
        Receive<StopAttempt>(OnStop);
        Receive<WorkerNoted>(_ => { });
        Receive<DisassociatedEvent>(broken => Doubt(broken.RemoteAddress));
        Receive<AssociationErrorEvent>(refused => Doubt(refused.RemoteAddress));
        Receive<ClusterEvent.UnreachableMember>(unreachable => Doubt(unreachable.Member.Address));
        Receive<ClusterEvent.ReachableMember>(_ => { });
        Receive<Drain>(_ => OnDrain());
        Receive<Orphaned>(_ => OnOrphaned());
        Receive<ClusterEvent.IMemberEvent>(_ => FindSweep());
        Receive<ClusterEvent.CurrentClusterState>(_ => FindSweep());
    }

    /// <summary>Hand the trial back and take no other; answered with <see cref="Done"/> when that is acknowledged.</summary>
    public sealed record Drain;

    private sealed record Announce;

    private sealed record Poked;

    private sealed record Orphaned;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
        Timers.StartPeriodicTimer("announce", new Announce(), TimeSpan.FromMilliseconds(100), AnnounceInterval);
        if (_process.Held is { } held) Watch(held.Attempt);
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        Context.System.EventStream.Unsubscribe(Self);
    }

    /// <summary>Any word from the sweep says that its coordinator is there.</summary>
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is IWorkerCommand) Timers.Cancel(Doubtful);
        return base.AroundReceive(receive, message);
    }

    /// <summary>
    /// The cluster would be sure only after some 20 s that a coordinator is dead. Another one may be at work by then, so the worker
    /// rather looks once too often: its attempt goes on, whoever is found.
    /// </summary>
    private void Doubt(Address address)
    {
        if (address == _coordinator && !Timers.IsTimerActive(Doubtful)) Timers.StartSingleTimer(Doubtful, new Orphaned(), WordLimit);
    }

    private void Watch(HeldAttempt attempt)
    {
        var self = Self;
        attempt.Changed = () => self.Tell(new Poked());
    }

    private void FindSweep()
    {
        var coordinator = _cluster.State.Members.FirstOrDefault(member => member.HasRole(ClusterNames.CoordinatorRole) && member.Status == MemberStatus.Up);
        if (coordinator is not null)
        {
            if (_sweep is null) _log.Info("Found the coordinator at {Address}", coordinator.Address);
            _coordinator = coordinator.Address;
            _sweep = Context.ActorSelection(new RootActorPath(coordinator.Address) / ClusterNames.SweepActorPath);
            Timers.Cancel("orphaned");
        }
        else if (_sweep is not null)
        {
            _sweep = null;
            Timers.StartSingleTimer("orphaned", new Orphaned(), OrphanLimit);
        }
    }

    /// <summary>A coordinator that comes back or takes over starts a cluster of its own: leave, and join anew.</summary>
    private void OnOrphaned()
    {
        _log.Warning("The coordinator is gone; looking for one, and training on");
        _cluster.Down(_cluster.SelfAddress);
    }

    private void OnAnnounce()
    {
        // The cluster's state may lag behind the event that told of it.
        if (_sweep is null) FindSweep();
        if (_sweep is null) return;
        _process.SawCoordinator();
        if (_process.Held is { } held)
        {
            var (epoch, progress) = held.Attempt.Progress;
            _sweep.Tell(new Heartbeat(_process.Id, held.Attempt.Attempt, epoch, progress));
            Send();
        }
        else if (!_isLeaving)
        {
            _sweep.Tell(new WorkerAvailable(_process.Id, _process.Device, null));
        }
    }

    private void Send()
    {
        if (_sweep is null || _process.Held is not { } held) return;
        var (reports, end) = held.Attempt.Unacknowledged;
        foreach (var report in reports) _sweep.Tell(new EpochReported(_process.Id, held.Attempt.Attempt, report));
        if (end is var (ending, detail)) _sweep.Tell(new AttemptEnded(_process.Id, held.Attempt.Attempt, ending, detail));
    }

    private void OnStart(StartAttempt start)
    {
        if (_process.Held is not null || _process.Ended == start.Attempt || _isLeaving) return;
        var attempt = new HeldAttempt(start.Attempt);
        Watch(attempt);
        _log.Info("Attempt {Attempt} starts", start.Attempt);
        _process.Held = (attempt, _process.StartTraining(start, attempt));
    }

    private void OnAcknowledged(EpochAcknowledged message)
    {
        if (Current(message.Attempt) is not var (attempt, stop)) return;
        attempt.Acknowledge(message.Epoch);
        if (message.Decision == TrialDecision.Stop)
        {
            attempt.ForgetReports();
            stop(AttemptEnding.Stopped);
        }
        Send();
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
