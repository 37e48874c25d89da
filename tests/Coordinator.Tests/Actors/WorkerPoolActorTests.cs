using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Akka.TestKit;
using Microsoft.Extensions.Time.Testing;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;
using Sweep.Shared.Protocol;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Actors;

/// <summary>The real pool; probes play workers and sweeps.</summary>
public sealed class WorkerPoolActorTests(ITestOutputHelper output) : Akka.Hosting.TestKit.TestKit(output: output)
{
    private static readonly DeviceDescription Device = new("CPU, 1 thread", 1, 1 << 30);
    private static readonly SweepId A = new("a"), B = new("b");
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly Dictionary<SweepId, TestProbe> _sweeps = [];
    private readonly Dictionary<SweepId, ImmutableDictionary<WorkerId, AttemptId>> _running = [];
    private readonly Comings _comings = new();

    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider) => builder
        .WithRemoting("127.0.0.1", 0)
        .WithClustering(new ClusterOptions { Roles = [ClusterNames.CoordinatorRole] });

    [Fact]
    public async Task An_idle_worker_is_offered_to_one_sweep_after_the_other_until_one_takes_it()
    {
        var pool = StartPool((A, 1), (B, 3));
        var worker = Ask(pool, 1);
        var asked = await NextOfferAsync(B, worker);
        Decline(pool, B, asked);
        Assert.Equal(asked, await NextOfferAsync(A, worker));
        Decline(pool, A, asked);
        Assert.Equal(asked.Worker, (await worker.ExpectMsgAsync<WorkerNoted>(Limit)).Worker);
    }

    [Fact]
    public async Task Sweeps_are_told_what_the_largest_worker_has()
    {
        var pool = StartPool((A, 1));
        _sweeps[A].IgnoreNoMessages();
        Ask(pool, 1);
        await _sweeps[A].FishForMessageAsync(message => message is SweepActor.LargestWorker { MemoryBytes: 1 << 30 }, Limit);
    }

    [Fact]
    public async Task Workers_that_come_at_the_same_time_are_shared_by_weight_before_anybody_has_answered()
    {
        var pool = StartPool((A, 1), (B, 3));
        for (var number = 1; number <= 8; number++) Ask(pool, number);
        await pool.Ask<int>(new WorkerPoolActor.CountWorkers(), Limit);
        for (var offer = 0; offer < 6; offer++) await _sweeps[B].ExpectMsgAsync<WorkerAvailable>(Limit);
        for (var offer = 0; offer < 2; offer++) await _sweeps[A].ExpectMsgAsync<WorkerAvailable>(Limit);
        await BarrierAsync(pool);
        Assert.False(_sweeps[A].HasMessages || _sweeps[B].HasMessages);
    }

    [Fact]
    public async Task A_worker_that_asks_again_is_not_offered_twice_and_one_that_never_heard_of_its_trial_is_told_again_by_the_same_sweep()
    {
        var pool = StartPool((A, 1), (B, 3));
        var worker = Ask(pool, 1);
        var offer = await NextOfferAsync(B, worker);
        pool.Tell(offer, worker);
        await BarrierAsync(pool);
        Assert.False(_sweeps[A].HasMessages || _sweeps[B].HasMessages);
        Take(pool, B, 1);
        pool.Tell(offer, worker);
        Assert.Equal(offer, await NextOfferAsync(B, worker));
    }

    [Fact]
    public async Task What_a_worker_says_of_its_attempt_reaches_the_sweep_of_the_attempt_in_the_workers_name()
    {
        var pool = StartPool((A, 1), (B, 3));
        var worker = CreateTestProbe();
        foreach (var sweep in (SweepId[])[A, B])
        {
            var attempt = new AttemptId(sweep, new TrialId(1), 1);
            IWorkerReport[] reports =
            [
                new EpochReported(Worker(1), attempt, Report(1)), new Heartbeat(Worker(1), attempt, 1, 0.5),
                new AttemptEnded(Worker(1), attempt, AttemptEnding.Completed, null), new WorkerAvailable(Worker(1), Device, attempt),
            ];
            foreach (var report in reports)
            {
                pool.Tell(report, worker);
                Assert.Equal(report, await _sweeps[sweep].ExpectMsgAsync<IWorkerReport>(Limit));
                Assert.Equal(worker, _sweeps[sweep].Sender);
            }
        }
    }

    [Fact]
    public async Task A_sweep_that_falls_silent_is_passed_over_until_it_can_be_heard_again()
    {
        var pool = StartPool((A, 1), (B, 3));
        var worker = Ask(pool, 1);
        var offer = await NextOfferAsync(B, worker);
        pool.Tell(new WorkerPoolActor.SweepSilent(B));
        await NextOfferAsync(A, worker);
        Decline(pool, A, offer);
        await worker.ExpectMsgAsync<WorkerNoted>(Limit);
        pool.Tell(offer, worker);
        await NextOfferAsync(A, worker);
        Decline(pool, A, offer);
        await worker.ExpectMsgAsync<WorkerNoted>(Limit);
        Take(pool, B, 2);
        pool.Tell(offer, worker);
        await NextOfferAsync(A, worker);
        Decline(pool, A, offer);
        await NextOfferAsync(B, worker);
    }

    [Fact]
    public async Task A_sweep_that_has_ended_is_offered_nothing_and_gets_its_turn_again_when_it_goes_on()
    {
        var pool = StartPool((A, 1));
        pool.Tell(new WorkerPoolActor.SlotsHeld(A, _running[A], HasEnded: true));
        var worker = Ask(pool, 1);
        var noted = await worker.ExpectMsgAsync<WorkerNoted>(Limit);
        Assert.False(_sweeps[A].HasMessages);
        pool.Tell(new WorkerPoolActor.SlotsHeld(A, _running[A], HasEnded: false));
        pool.Tell(new WorkerAvailable(noted.Worker, Device, null), worker);
        await NextOfferAsync(A, worker);
    }

    [Fact]
    public async Task Where_every_sweep_is_silent_so_is_the_pool()
    {
        var pool = StartPool((A, 1));
        pool.Tell(new WorkerPoolActor.SweepSilent(A));
        var worker = Ask(pool, 1);
        await BarrierAsync(pool);
        Assert.False(worker.HasMessages || _sweeps[A].HasMessages);
    }

    [Fact]
    public async Task A_worker_that_two_sweeps_believe_to_hold_is_lost_to_the_later_one()
    {
        var pool = StartPool((A, 1), (B, 3));
        Take(pool, A, 1);
        Take(pool, B, 1);
        Assert.Equal(Worker(1), (await _sweeps[B].ExpectMsgAsync<SweepActor.WorkerExited>(Limit)).Worker);
        Assert.False(_sweeps[A].HasMessages);
    }

    [Fact]
    public async Task A_sweep_that_cannot_go_on_leaves_its_workers_to_the_others()
    {
        var pool = StartPool((A, 1), (B, 3));
        var worker = CreateTestProbe();
        pool.Tell(new WorkerPoolActor.ForSweep(B, PoisonPill.Instance));
        var report = new Heartbeat(Worker(1), new AttemptId(B, new TrialId(1), 1), 1, 0.5);
        await AwaitConditionAsync(
            () =>
            {
                pool.Tell(report, worker);
                return Task.FromResult(_sweeps[A].HasMessages);
            },
            Limit, TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task Who_comes_and_goes_is_told_once_whatever_the_number_of_sweeps()
    {
        var pool = StartPool((A, 1), (B, 3));
        Ask(pool, 1);
        Ask(pool, 1);
        await BarrierAsync(pool);
        for (var second = 0; second < 32; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            pool.Tell(WorkerPoolActor.Tick);
            await BarrierAsync(pool);
        }
        pool.Tell(new Heartbeat(Worker(1), new AttemptId(A, new TrialId(1), 1), 1, 0.5));
        pool.Tell(new SweepActor.WorkerExited(Worker(1), "was killed"));
        Assert.Equal(0, await pool.Ask<int>(new WorkerPoolActor.CountWorkers(), Limit));
        Assert.Equal(["joined, 1", "was silent for 30 s, 0", "returned, 1", "was killed, 0"], _comings.Lines);
    }

    [Fact]
    public async Task A_process_that_stood_still_loses_no_worker()
    {
        var pool = StartPool((A, 1));
        Ask(pool, 1);
        await BarrierAsync(pool);
        _time.Advance(TimeSpan.FromMinutes(5));
        pool.Tell(WorkerPoolActor.Tick);
        Assert.Equal(1, await pool.Ask<int>(new WorkerPoolActor.CountWorkers(), Limit));
    }

    private IActorRef StartPool(params (SweepId Sweep, int Weight)[] sweeps)
    {
        foreach (var (sweep, _) in sweeps)
        {
            (_sweeps[sweep], _running[sweep]) = (CreateTestProbe(), ImmutableDictionary<WorkerId, AttemptId>.Empty);
            _sweeps[sweep].IgnoreMessages(message => message is SweepActor.LargestWorker);
        }
        var pooled = sweeps.Select(entry => new PooledSweep(
            entry.Sweep, new SharingSettings(entry.Weight), _ => Props.Create(() => new Relay(_sweeps[entry.Sweep])))).ToList();
        var pool = Sys.ActorOf(Props.Create(() => new WorkerPoolActor(pooled, _comings, _time, SweepActor.DefaultLease)));
        foreach (var (sweep, _) in sweeps) pool.Tell(new WorkerPoolActor.SlotsHeld(sweep, _running[sweep], HasEnded: false));
        return pool;
    }

    private TestProbe Ask(IActorRef pool, int number)
    {
        var worker = CreateTestProbe();
        pool.Tell(new WorkerAvailable(Worker(number), Device, null), worker);
        return worker;
    }

    private async Task<WorkerAvailable> NextOfferAsync(SweepId sweep, TestProbe worker)
    {
        var offer = await _sweeps[sweep].ExpectMsgAsync<WorkerAvailable>(Limit);
        Assert.Equal(worker, _sweeps[sweep].Sender);
        return offer;
    }

    private static void Decline(IActorRef pool, SweepId sweep, WorkerAvailable offer) => pool.Tell(new WorkerPoolActor.NothingFor(sweep, offer.Worker));

    private void Take(IActorRef pool, SweepId sweep, int number)
    {
        _running[sweep] = _running[sweep].Add(Worker(number), new AttemptId(sweep, new TrialId(number), 1));
        pool.Tell(new WorkerPoolActor.SlotsHeld(sweep, _running[sweep], HasEnded: false));
    }

    /// <summary>Everything that the pool was told, it has passed on.</summary>
    private static Task<int> BarrierAsync(IActorRef pool) => pool.Ask<int>(new WorkerPoolActor.CountWorkers(), Limit);

    private sealed class Comings : IWorkerListener
    {
        public List<string> Lines { get; } = [];

        public void WorkerJoined(WorkerId worker, DeviceDescription device, int workers) => Lines.Add($"joined, {workers}");

        public void WorkerReturned(WorkerId worker, int workers) => Lines.Add($"returned, {workers}");

        public void WorkerLeft(WorkerId worker, string reason, int workers) => Lines.Add($"{reason}, {workers}");
    }

    /// <summary>The probe as a child of the pool's.</summary>
    private sealed class Relay : ReceiveActor
    {
        public Relay(IActorRef probe) => ReceiveAny(message => probe.Forward(message));
    }
}
