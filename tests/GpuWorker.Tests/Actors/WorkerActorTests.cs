using Akka;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Akka.TestKit;
using Sweep.GpuWorker.Actors;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using Sweep.Shared.Protocol;

namespace Sweep.GpuWorker.Tests.Actors;

/// <summary>The real actor in a cluster of one, which plays both roles; a probe plays the sweep, and the test trains by hand.</summary>
public sealed class WorkerActorTests(ITestOutputHelper output) : Akka.Hosting.TestKit.TestKit(output: output)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private static readonly AttemptId First = new(new SweepId("s"), new TrialId(1), 1);

    private readonly List<AttemptEnding> _stops = [];
    private IAttemptObserver? _training;
    private int _started;

    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider) => builder
        .WithRemoting("127.0.0.1", 0)
        .WithClustering(new ClusterOptions { Roles = [ClusterNames.CoordinatorRole, ClusterNames.WorkerRole] });

    [Fact]
    public async Task An_idle_worker_announces_itself_until_it_gets_work()
    {
        var (sweep, _) = await StartAsync();
        await sweep.ExpectMsgAsync<WorkerAvailable>(Soon);
        Assert.Null((await sweep.ExpectMsgAsync<WorkerAvailable>(Soon)).Running);
    }

    [Fact]
    public async Task A_command_that_comes_twice_starts_one_attempt()
    {
        var (sweep, worker) = await StartAsync();
        worker.Tell(Start(First));
        worker.Tell(Start(First));
        await sweep.FishForMessageAsync(message => message is Heartbeat, Soon);
        Assert.Equal(1, _started);
    }

    [Fact]
    public async Task A_report_is_sent_again_until_it_is_acknowledged()
    {
        var (sweep, worker) = await StartAsync();
        worker.Tell(Start(First));
        await sweep.FishForMessageAsync(message => message is Heartbeat, Soon);
        _training!.EpochFinished(HeldAttemptTests.Report(1));
        await sweep.FishForMessageAsync(message => message is EpochReported, Soon);
        await sweep.FishForMessageAsync(message => message is EpochReported, Soon);
        worker.Tell(new EpochAcknowledged(First, 1, TrialDecision.Continue));
        _training.EpochFinished(HeldAttemptTests.Report(2));
        await sweep.FishForMessageAsync(message => message is EpochReported { Report.Epoch: 2 }, Soon);
    }

    [Fact]
    public async Task The_end_is_said_after_the_reports_and_then_the_worker_is_idle_again()
    {
        var (sweep, worker) = await StartAsync();
        worker.Tell(Start(First));
        await sweep.FishForMessageAsync(message => message is Heartbeat, Soon);
        _training!.EpochFinished(HeldAttemptTests.Report(1));
        _training.Ended(AttemptEnding.Completed, null);
        await sweep.FishForMessageAsync(message => message is EpochReported, Soon);
        worker.Tell(new EpochAcknowledged(First, 1, TrialDecision.Stop));
        await sweep.FishForMessageAsync(message => message is AttemptEnded { Ending: AttemptEnding.Completed }, Soon);
        worker.Tell(new EndAcknowledged(First));
        await sweep.FishForMessageAsync(message => message is WorkerAvailable { Running: null }, Soon);
    }

    [Fact]
    public async Task Stop_reaches_the_training_thread_and_stop_for_another_attempt_does_not()
    {
        var (sweep, worker) = await StartAsync();
        worker.Tell(Start(First));
        worker.Tell(new StopAttempt(First with { Number = 2 }, "another one"));
        await sweep.FishForMessageAsync(message => message is Heartbeat, Soon);
        Assert.Empty(_stops);
        worker.Tell(new StopAttempt(First, "lost"));
        await AwaitConditionAsync(() => Task.FromResult(_stops.Count == 1), Soon);
        Assert.Equal([AttemptEnding.Stopped], _stops);
    }

    [Fact]
    public async Task A_draining_worker_hands_its_trial_back_before_it_says_done_and_takes_no_other()
    {
        var (sweep, worker) = await StartAsync();
        worker.Tell(Start(First));
        await sweep.FishForMessageAsync(message => message is Heartbeat, Soon);
        var done = worker.Ask<Done>(new WorkerActor.Drain(), Soon);
        await AwaitConditionAsync(() => Task.FromResult(_stops.Count == 1), Soon);
        Assert.Equal([AttemptEnding.Released], _stops);
        _training!.Ended(AttemptEnding.Released, null);
        await sweep.FishForMessageAsync(message => message is AttemptEnded { Ending: AttemptEnding.Released }, Soon);
        Assert.False(done.IsCompleted);
        worker.Tell(new EndAcknowledged(First));
        await done;
        worker.Tell(Start(First with { Trial = new TrialId(2) }));
        await worker.Ask<ActorIdentity>(new Identify(1), Soon);
        Assert.Equal(1, _started);
    }

    private async Task<(TestProbe Sweep, IActorRef Worker)> StartAsync()
    {
        var sweep = CreateTestProbe();
        Sys.ActorOf(Props.Create(() => new Forwarder(sweep)), ClusterNames.SweepActor);
        var cluster = Cluster.Get(Sys);
        await cluster.JoinAsync(cluster.SelfAddress);
        var process = new WorkerProcess(new WorkerId("w#1"), new DeviceDescription("CPU, 1 thread", 1, 1 << 30), (_, observer) =>
        {
            _started++;
            _training = observer;
            return _stops.Add;
        });
        return (sweep, Sys.ActorOf(Props.Create(() => new WorkerActor(process)), ClusterNames.WorkerActor));
    }

    private static StartAttempt Start(AttemptId attempt) => new(
        attempt,
        new TrialConfiguration(new DatasetSettings(DatasetName.Digits), new ModelSettings(ModelFamily.Resnet, Blocks: [1], Widths: [4]), new TrainingSettings(2), new AugmentationSettings()),
        1, 1, new Objective(ObjectiveMetric.ValidationAccuracy), "/run", 0, TimeSpan.FromSeconds(30));

    /// <summary>Stands where workers look for the sweep.</summary>
    private sealed class Forwarder : ReceiveActor
    {
        public Forwarder(IActorRef target) => ReceiveAny(message => target.Forward(message));
    }
}
