using Akka;
using Akka.Actor;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Akka.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sweep.GpuWorker.Actors;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using Sweep.Shared.Protocol;

namespace Sweep.GpuWorker.Tests.Actors;

/// <summary>The real actor; a probe plays the sweep, and the test trains by hand.</summary>
public sealed class WorkerActorTests(ITestOutputHelper output) : Akka.Hosting.TestKit.TestKit(output: output)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private static readonly AttemptId First = new(new SweepId("s"), new TrialId(1), 1);

    private readonly List<AttemptEnding> _stops = [];
    private IAttemptObserver? _training;
    private int _started;

    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider) => builder.WithRemoting("127.0.0.1", 0).WithClosedWorld();

    [Fact]
    public async Task An_idle_worker_announces_itself_until_it_gets_work()
    {
        var (sweep, _) = Start();
        await sweep.ExpectMsgAsync<WorkerAvailable>(Soon);
        Assert.Null((await sweep.ExpectMsgAsync<WorkerAvailable>(Soon)).Running);
    }

    [Fact]
    public async Task A_command_that_comes_twice_starts_one_attempt()
    {
        var (sweep, worker) = Start();
        worker.Tell(Start(First), sweep);
        worker.Tell(Start(First), sweep);
        await sweep.FishForMessageAsync(message => message is Heartbeat, Soon);
        Assert.Equal(1, _started);
    }

    [Fact]
    public async Task A_report_is_sent_again_until_it_is_acknowledged()
    {
        var (sweep, worker) = Start();
        worker.Tell(Start(First), sweep);
        await sweep.FishForMessageAsync(message => message is Heartbeat, Soon);
        _training!.EpochFinished(HeldAttemptTests.Report(1));
        await sweep.FishForMessageAsync(message => message is EpochReported, Soon);
        await sweep.FishForMessageAsync(message => message is EpochReported, Soon);
        worker.Tell(new EpochAcknowledged(First, 1, TrialDecision.Continue), sweep);
        _training.EpochFinished(HeldAttemptTests.Report(2));
        await sweep.FishForMessageAsync(message => message is EpochReported { Report.Epoch: 2 }, Soon);
    }

    [Fact]
    public async Task The_end_is_said_after_the_reports_and_then_the_worker_is_idle_again()
    {
        var (sweep, worker) = Start();
        worker.Tell(Start(First), sweep);
        await sweep.FishForMessageAsync(message => message is Heartbeat, Soon);
        _training!.EpochFinished(HeldAttemptTests.Report(1));
        _training.Ended(AttemptEnding.Completed, null);
        await sweep.FishForMessageAsync(message => message is EpochReported, Soon);
        worker.Tell(new EpochAcknowledged(First, 1, TrialDecision.Stop), sweep);
        await sweep.FishForMessageAsync(message => message is AttemptEnded { Ending: AttemptEnding.Completed }, Soon);
        worker.Tell(new EndAcknowledged(First), sweep);
        await sweep.FishForMessageAsync(message => message is WorkerAvailable { Running: null }, Soon);
    }

    [Fact]
    public async Task Stop_reaches_the_training_thread_and_stop_for_another_attempt_does_not()
    {
        var (sweep, worker) = Start();
        worker.Tell(Start(First), sweep);
        worker.Tell(new StopAttempt(First with { Number = 2 }, "another one"), sweep);
        await sweep.FishForMessageAsync(message => message is Heartbeat, Soon);
        Assert.Empty(_stops);
        worker.Tell(new StopAttempt(First, "lost"), sweep);
        await AwaitConditionAsync(() => Task.FromResult(_stops.Count == 1), Soon);
        Assert.Equal([AttemptEnding.Stopped], _stops);
    }

    [Fact]
    public async Task A_draining_worker_hands_its_trial_back_before_it_says_done_and_takes_no_other()
    {
        var (sweep, worker) = Start();
        worker.Tell(Start(First), sweep);
        await sweep.FishForMessageAsync(message => message is Heartbeat, Soon);
        var done = worker.Ask<Done>(new WorkerActor.Drain(), Soon);
        await AwaitConditionAsync(() => Task.FromResult(_stops.Count == 1), Soon);
        Assert.Equal([AttemptEnding.Released], _stops);
        _training!.Ended(AttemptEnding.Released, null);
        await sweep.FishForMessageAsync(message => message is AttemptEnded { Ending: AttemptEnding.Released }, Soon);
        Assert.False(done.IsCompleted);
        worker.Tell(new EndAcknowledged(First), sweep);
        await done;
        worker.Tell(Start(First with { Trial = new TrialId(2) }), sweep);
        await worker.Ask<ActorIdentity>(new Identify(1), Soon);
        Assert.Equal(1, _started);
    }

    [Fact]
    public async Task A_worker_that_has_no_word_from_its_coordinator_trains_on_and_finds_the_one_that_took_over()
    {
        var next = CreateTestProbe();
        var node = new ClusterNode(ClusterNames.CoordinatorRole, new HostAndPort("127.0.0.1", 0), null);
        using var host = node.Build(Serilog.Core.Logger.None, akka => akka.WithActors((system, _) => system.ActorOf(Props.Create(() => new Forwarder(next)), ClusterNames.SweepActor)));
        await host.StartAsync(TestContext.Current.CancellationToken);
        var (sweep, worker) = Start(((ExtendedActorSystem)host.Services.GetRequiredService<ActorSystem>()).Provider.DefaultAddress);
        worker.Tell(Start(First), sweep);
        await sweep.FishForMessageAsync(message => message is Heartbeat, Soon);
        _training!.EpochFinished(HeldAttemptTests.Report(1));
        await next.FishForMessageAsync(message => message is Heartbeat, Soon);
        next.Reply(new WorkerNoted(new WorkerId("w#1")));
        await next.FishForMessageAsync(message => message is EpochReported { Report.Epoch: 1 }, Soon);
        Assert.Empty(_stops);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_long_backlog_goes_out_bit_by_bit_and_in_order()
    {
        var (sweep, worker) = Start();
        worker.Tell(Start(First), sweep);
        await sweep.FishForMessageAsync(message => message is Heartbeat, Soon);
        for (var epoch = 1; epoch <= 100; epoch++) _training!.EpochFinished(HeldAttemptTests.Report(epoch));
        var expected = 1;
        while (expected <= 100)
        {
            var report = (EpochReported)await sweep.FishForMessageAsync(message => message is EpochReported reported && reported.Report.Epoch >= expected, Soon);
            Assert.Equal(expected, report.Report.Epoch);
            worker.Tell(new EpochAcknowledged(First, expected++, TrialDecision.Continue), sweep);
        }
    }

    private (TestProbe Sweep, IActorRef Worker) Start(params Address[] others)
    {
        var sweep = CreateTestProbe();
        Sys.ActorOf(Props.Create(() => new Forwarder(sweep)), ClusterNames.SweepActor);
        var coordinators = (Address[])[((ExtendedActorSystem)Sys).Provider.DefaultAddress, .. others];
        var process = new WorkerProcess(new WorkerId("w#1"), new DeviceDescription("CPU, 1 thread", 1, 1 << 30), (_, observer) =>
        {
            _started++;
            _training = observer;
            return _stops.Add;
        });
        return (sweep, Sys.ActorOf(Props.Create(() => new WorkerActor(process, coordinators)), ClusterNames.WorkerActor));
    }

    private static StartAttempt Start(AttemptId attempt) => new(
        attempt,
        new NetworkConfiguration(new DatasetSettings(DatasetName.Digits), new ModelSettings(ModelFamily.Resnet, Blocks: [1], Widths: [4]), new TrainingSettings(2), new AugmentationSettings()),
        1, 1, new Objective(ObjectiveMetric.ValidationAccuracy), "/run", 0, TimeSpan.FromSeconds(30));

    /// <summary>Stands where workers look for the sweep.</summary>
    private sealed class Forwarder : ReceiveActor
    {
        public Forwarder(IActorRef target) => ReceiveAny(message => target.Forward(message));
    }
}
