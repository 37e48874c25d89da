using System.Collections.Immutable;
using Akka.Actor;
using Akka.Remote;
using Sweep.Coordinator.Sharing;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Actors;

/// <summary>A sweep that takes workers from the pool.</summary>
/// <param name="Actor">The props of its <see cref="SweepActor"/>, given the pool.</param>
public sealed record PooledSweep(SweepId Sweep, SharingSettings Sharing, Func<IActorRef, Props> Actor);

/// <summary>
/// Whom workers talk to. It knows who is there and offers idle workers to the sweeps in the order of <see cref="FairShare"/>; all else that a
/// worker says is for the sweep of its attempt. Leases, trials and answers are the sweeps' own affair: the pool stores nothing, and forgets nothing
/// that matters.
/// </summary>
/// <remarks>
/// A worker is offered to one sweep at a time, and the answer is awaited: the sweep takes it (<see cref="SlotsHeld"/>), has nothing for it
/// (<see cref="NothingFor"/>), or falls silent (<see cref="SweepSilent"/>), since its store is lost or another coordinator may be at work; then the
/// next one is asked. A worker that two sweeps believe to hold, after a store that had stored what it denied, is taken from the later one.
/// </remarks>
public sealed class WorkerPoolActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<SweepId, Member> _sweeps = [];
    private readonly Dictionary<WorkerId, Offer> _offers = [];
    private readonly Dictionary<WorkerId, long> _memory = [];
    private readonly SlotLedger _ledger = new();
    private readonly WorkerRoster<IActorRef> _workers;
    private readonly IWorkerListener _listener;
    private readonly TimeProvider _time;
    private readonly TimeSpan _lease;
    private readonly long _started;
    private TimeSpan _ticked;

    /// <param name="sweeps">At least one.</param>
    /// <param name="lease">Silence after which a worker counts as gone.</param>
    public WorkerPoolActor(IReadOnlyList<PooledSweep> sweeps, IWorkerListener listener, TimeProvider time, TimeSpan lease)
    {
        (_workers, _listener, _time, _lease, _started) = (new(lease), listener, time, lease, time.GetTimestamp());
        foreach (var sweep in sweeps)
        {
            var actor = Context.ActorOf(SweepActor.Supervised(sweep.Actor(Self)));
            Context.Watch(actor);
            _sweeps.Add(sweep.Sweep, new Member(sweep.Sweep, actor));
            _ledger.Open(sweep.Sweep, sweep.Sharing.Weight, sweep.Sharing.Priority);
        }
        Receive<WorkerAvailable>(OnAvailable);
        Receive<IWorkerReport>(OnReport);
        Receive<SlotsHeld>(OnSlotsHeld);
        Receive<NothingFor>(OnNothingFor);
        Receive<SweepSilent>(silent => OnSilent(silent.Sweep));
        Receive<Terminated>(OnTerminated);
        Receive<SweepActor.WorkerExited>(OnExited);
        Receive<SweepActor.InterruptRequested>(request => TellAll(request));
        Receive<ForSweep>(message => _sweeps.GetValueOrDefault(message.Sweep)?.Actor.Forward(message.Message));
        Receive<CountWorkers>(_ => Sender.Tell(_workers.Count));
        Receive<DisassociatedEvent>(broken => _workers.Disconnected(actor => actor.Path.Address == broken.RemoteAddress, Elapsed));
        Receive<ClockTicked>(_ => OnTick());
    }

    /// <summary>The workers that train for the sweep, all of them. Told whenever they change, and when the sweep can be heard again.</summary>
    public sealed record SlotsHeld(SweepId Sweep, ImmutableDictionary<WorkerId, AttemptId> Running, bool HasEnded);

    /// <summary>The sweep has no trial for the worker that was offered to it.</summary>
    public sealed record NothingFor(SweepId Sweep, WorkerId Worker);

    /// <summary>The sweep answers nobody until it says <see cref="SlotsHeld"/> again.</summary>
    public sealed record SweepSilent(SweepId Sweep);

    /// <summary>A message for the actor of one sweep.</summary>
    public sealed record ForSweep(SweepId Sweep, object Message);

    /// <summary>Answered with the number of workers that are there.</summary>
    public sealed record CountWorkers;

    /// <summary>Another second has passed.</summary>
    internal static object Tick { get; } = new ClockTicked();

    private sealed record ClockTicked;

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Elapsed => _time.GetElapsedTime(_started);

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Timers.StartPeriodicTimer("tick", Tick, TickInterval);
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    private void OnAvailable(WorkerAvailable message)
    {
        Heard(message.Worker, message.Device);
        if (!_memory.TryGetValue(message.Worker, out var known) || known != message.Device.MemoryBytes) Remember(message.Worker, message.Device.MemoryBytes);
        if (message.Running is { } running) ForAttempt(running, message);
        else if (HolderOf(message.Worker) is { } holder) holder.Actor.Forward(message);
        else if (!_offers.ContainsKey(message.Worker)) OfferToNext(new Offer(message, Sender, [.. _ledger.Turn(Elapsed).Where(MayTake)], []));
    }

    private void OnReport(IWorkerReport message)
    {
        Heard(message.Worker, null);
        ForAttempt(AttemptOf(message), message);
    }

    /// <summary>A sweep that is not here is over, or another coordinator's: any other one knows that the attempt is none of its own, and says so.</summary>
    private void ForAttempt(AttemptId attempt, IWorkerReport message) =>
        (_sweeps.GetValueOrDefault(attempt.Sweep) ?? _sweeps.Values.FirstOrDefault())?.Actor.Forward(message);

    private static AttemptId AttemptOf(IWorkerReport message) => message switch
    {
        EpochReported report => report.Attempt,
        AttemptEnded end => end.Attempt,
        Heartbeat heartbeat => heartbeat.Attempt,
        _ => throw new ArgumentOutOfRangeException(nameof(message), message, "unknown report"),
    };

    private Member? HolderOf(WorkerId worker) => _sweeps.Values.FirstOrDefault(sweep => sweep.Running.ContainsKey(worker));

    private bool MayTake(SweepId sweep) => _sweeps.TryGetValue(sweep, out var member) && member is { IsSilent: false, HasEnded: false };

    private void OfferToNext(Offer offer)
    {
        var worker = offer.Message.Worker;
        if (offer.Turn is [var sweep, .. var rest])
        {
            _offers[worker] = offer with { Turn = rest, AskedLast = sweep };
            _ledger.Offered(sweep);
            _sweeps[sweep].Actor.Tell(offer.Message, offer.Sender);
            return;
        }
        _offers.Remove(worker);
        if (_sweeps.Values.All(sweep => sweep.IsSilent)) return;
        _ledger.Settle(offer.Declined, taker: null);
        offer.Sender.Tell(new WorkerNoted(worker));
    }

    private void OnNothingFor(NothingFor answer)
    {
        if (!_offers.TryGetValue(answer.Worker, out var offer) || offer.AskedLast != answer.Sweep) return;
        _ledger.Answered(answer.Sweep);
        OfferToNext(offer with { Declined = offer.Declined.Add(answer.Sweep) });
    }

    private void OnSlotsHeld(SlotsHeld held)
    {
        if (!_sweeps.TryGetValue(held.Sweep, out var sweep)) return;
        var arrived = held.Running.Keys.Where(worker => !sweep.Running.ContainsKey(worker)).ToList();
        foreach (var worker in arrived)
        {
            if (HolderOf(worker) is not null) sweep.Actor.Tell(new SweepActor.WorkerExited(worker, "trains for another sweep"));
            if (!_offers.TryGetValue(worker, out var offer) || offer.AskedLast != held.Sweep) continue;
            _offers.Remove(worker);
            _ledger.Answered(held.Sweep);
            _ledger.Settle(offer.Declined, held.Sweep);
        }
        _ledger.Holds(held.Sweep, held.Running.Count, Elapsed);
        if (sweep.IsSilent) sweep.Actor.Tell(Largest);
        _sweeps[held.Sweep] = sweep with { Running = held.Running, HasEnded = held.HasEnded, IsSilent = false };
    }

    private void OnSilent(SweepId sweep)
    {
        if (!_sweeps.TryGetValue(sweep, out var member)) return;
        _sweeps[sweep] = member with { IsSilent = true };
        PassOn(offer => offer.AskedLast == sweep);
    }

    /// <summary>The sweep cannot go on, and its workers are free for the others.</summary>
    private void OnTerminated(Terminated ended)
    {
        if (_sweeps.Values.FirstOrDefault(sweep => sweep.Actor.Equals(ended.ActorRef)) is not { } member) return;
        _sweeps.Remove(member.Sweep);
        _ledger.Close(member.Sweep);
        PassOn(offer => offer.AskedLast == member.Sweep);
    }

    /// <summary>To the next sweep, without an answer from the one that was asked.</summary>
    private void PassOn(Func<Offer, bool> which)
    {
        foreach (var offer in _offers.Values.Where(which).ToList())
        {
            _ledger.Answered(offer.AskedLast!.Value);
            OfferToNext(offer with { Turn = [.. offer.Turn.Where(MayTake)] });
        }
    }

    private void OnTick()
    {
        // A process that was frozen has heard nobody, which is no worker's fault.
        if (Elapsed - _ticked > 5 * TickInterval) _workers.Extend(Elapsed + _lease);
        _ticked = Elapsed;
        foreach (var worker in _workers.Expired(Elapsed)) Lose(worker, _workers.IsConnected(worker) ? $"was silent for {_lease.TotalSeconds:0} s" : "is gone");
    }

    private void Heard(WorkerId worker, DeviceDescription? device)
    {
        var isNew = _workers.Find(worker) is null;
        _workers.Heard(worker, Sender, Elapsed);
        if (!isNew) return;
        if (device is not null) _listener.WorkerJoined(worker, device, _workers.Count);
        else _listener.WorkerReturned(worker, _workers.Count);
    }

    private void OnExited(SweepActor.WorkerExited exited)
    {
        Lose(exited.Worker, exited.Reason);
        TellAll(exited);
    }

    /// <summary>Shown, and no more: the sweep that it trains for keeps its lease, and decides what its silence means.</summary>
    private void Lose(WorkerId worker, string reason)
    {
        var actor = _workers.Remove(worker);
        if (_memory.Remove(worker)) TellAll(Largest);
        PassOn(offer => offer.Message.Worker == worker);
        if (actor is not null && _sweeps.Values.Any(sweep => !sweep.HasEnded)) _listener.WorkerLeft(worker, reason, _workers.Count);
    }

    /// <summary>One of which nobody knows what it has may be large enough for anything.</summary>
    private SweepActor.LargestWorker Largest => new(_memory.Count == 0 || _memory.ContainsValue(0) ? null : _memory.Values.Max());

    private void Remember(WorkerId worker, long bytes)
    {
        _memory[worker] = bytes;
        TellAll(Largest);
    }

    private void TellAll(object message)
    {
        foreach (var sweep in _sweeps.Values) sweep.Actor.Tell(message);
    }

    /// <param name="Running">See <see cref="SlotsHeld"/>.</param>
    /// <param name="IsSilent">No worker is to be offered to it.</param>
    private sealed record Member(SweepId Sweep, IActorRef Actor)
    {
        public ImmutableDictionary<WorkerId, AttemptId> Running { get; init; } = ImmutableDictionary<WorkerId, AttemptId>.Empty;

        public bool HasEnded { get; init; }

        public bool IsSilent { get; init; } = true;
    }

    /// <param name="Turn">Sweeps that are still to be asked, in order.</param>
    /// <param name="Declined">Sweeps that had nothing.</param>
    /// <param name="AskedLast">The one whose answer is awaited.</param>
    private sealed record Offer(WorkerAvailable Message, IActorRef Sender, ImmutableArray<SweepId> Turn, ImmutableArray<SweepId> Declined, SweepId? AskedLast = null);
}
