using Akka.Actor;
using Akka.Hosting;
using Akka.Remote;
using Akka.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Tests.Terms;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Protocol;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Actors;

/// <summary>The real actor and journal; probes play the workers.</summary>
public sealed class SweepActorTests(ITestOutputHelper output) : Akka.Hosting.TestKit.TestKit(output: output)
{
    private static readonly DeviceDescription Device = new("CPU, 1 thread", 1, 1 << 30);
    private static readonly SweepId Sweep = new("test-1");

    private readonly FakeTimeProvider _time = new(Start);
    private readonly RecordingListener _listener = new();
    private readonly TestTerm _term = new();
    private TestProbe? _pool;
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("sweep-test-").FullName, "history.db");

    private HistoryStore Store => new SqliteStore(_file);

    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider) => HistoryStore.Add(builder, Store);

    protected override async Task AfterAllAsync()
    {
        await base.AfterAllAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
    }

    [Fact]
    public async Task An_idle_worker_gets_a_trial_and_a_lost_command_is_sent_again_with_the_same_number()
    {
        var sweep = StartSweep(new TestSweep().Definition);
        var worker = CreateTestProbe();
        var first = await AskForWorkAsync(sweep, worker, 1);
        var again = await AskForWorkAsync(sweep, worker, 1);
        Assert.Equal(first.Attempt, again.Attempt);
        Assert.Equal(first.Seed, again.Seed);
    }

    [Fact]
    public async Task A_worker_for_which_there_is_no_trial_is_left_to_the_pool()
    {
        var sweep = StartSweep(new TestSweep(trials: 1).Definition);
        await AskForWorkAsync(sweep, CreateTestProbe(), 1);
        var idle = CreateTestProbe();
        sweep.Tell(new WorkerAvailable(Worker(2), Device, null), idle);
        Assert.Equal(Worker(2), (await _pool!.FishForMessageAsync<WorkerPoolActor.NothingFor>(_ => true)).Worker);
    }

    [Fact]
    public async Task Reports_that_arrive_while_others_are_being_stored_are_all_stored_and_acknowledged_in_order()
    {
        var sweep = StartSweep(new TestSweep(epochs: 500).Definition);
        var worker = CreateTestProbe();
        var start = await AskForWorkAsync(sweep, worker, 1);
        for (var epoch = 1; epoch <= 200; epoch++) sweep.Tell(new EpochReported(Worker(1), start.Attempt, Report(epoch, 0.1 + epoch / 1000.0, epoch / 1000.0)), worker);
        for (var epoch = 1; epoch <= 200; epoch++)
        {
            var answer = await worker.ExpectMsgAsync<EpochAcknowledged>();
            Assert.Equal((epoch, TrialDecision.Continue), (answer.Epoch, answer.Decision));
        }
        Assert.Equal(200, _listener.Events.OfType<EpochRecorded>().Count());
    }

    [Fact]
    public async Task A_report_sent_twice_is_acknowledged_twice_and_counted_once()
    {
        var sweep = StartSweep(new TestSweep().Definition);
        var worker = CreateTestProbe();
        var start = await AskForWorkAsync(sweep, worker, 1);
        for (var time = 0; time < 2; time++)
        {
            sweep.Tell(new EpochReported(Worker(1), start.Attempt, Report(1)), worker);
            await worker.ExpectMsgAsync<EpochAcknowledged>();
        }
        Assert.Single(_listener.Events.OfType<EpochRecorded>());
    }

    [Fact]
    public async Task The_next_attempt_is_told_what_is_recorded_and_what_it_repeats_is_acknowledged()
    {
        var sweep = StartSweep(new TestSweep(epochs: 10).Definition);
        var lost = CreateTestProbe();
        var first = await AskForWorkAsync(sweep, lost, 1);
        Assert.Equal(0, first.RecordedEpochs);
        sweep.Tell(new EpochReported(Worker(1), first.Attempt, Report(1)), lost);
        await lost.ExpectMsgAsync<EpochAcknowledged>();
        sweep.Tell(new SweepActor.WorkerExited(Worker(1), "was killed"));

        var worker = CreateTestProbe();
        var second = await AskForWorkAsync(sweep, worker, 2);
        Assert.Equal((first.Attempt.Trial, 2, 1), (second.Attempt.Trial, second.Attempt.Number, second.RecordedEpochs));
        for (var epoch = 1; epoch <= 2; epoch++)
        {
            sweep.Tell(new EpochReported(Worker(2), second.Attempt, Report(epoch)), worker);
            Assert.Equal(epoch, (await worker.ExpectMsgAsync<EpochAcknowledged>()).Epoch);
        }
        Assert.Equal([1, 2], _listener.Events.OfType<EpochRecorded>().Select(recorded => recorded.Report.Epoch));
    }

    [Fact]
    public async Task A_report_that_overtook_a_lost_one_is_not_acknowledged_before_it_is_stored()
    {
        var sweep = StartSweep(new TestSweep(epochs: 10).Definition);
        var worker = CreateTestProbe();
        var start = await AskForWorkAsync(sweep, worker, 1);
        foreach (var epoch in (int[])[2, 1, 2]) sweep.Tell(new EpochReported(Worker(1), start.Attempt, Report(epoch)), worker);
        Assert.Equal(1, (await worker.ExpectMsgAsync<EpochAcknowledged>()).Epoch);
        Assert.Equal(2, (await worker.ExpectMsgAsync<EpochAcknowledged>()).Epoch);
    }

    [Fact]
    public async Task The_last_epoch_is_answered_with_stop()
    {
        var sweep = StartSweep(new TestSweep(epochs: 1, trials: 2).Definition);
        var worker = CreateTestProbe();
        var start = await AskForWorkAsync(sweep, worker, 1);
        sweep.Tell(new EpochReported(Worker(1), start.Attempt, Report(1)), worker);
        Assert.Equal(TrialDecision.Stop, (await worker.ExpectMsgAsync<EpochAcknowledged>()).Decision);
        sweep.Tell(new AttemptEnded(Worker(1), start.Attempt, AttemptEnding.Completed, null), worker);
        await worker.ExpectMsgAsync<EndAcknowledged>();
        Assert.Single(_listener.Events.OfType<TrialFinished>());
    }

    [Fact]
    public async Task A_silent_workers_trial_goes_elsewhere_and_the_old_attempt_is_told_to_stop()
    {
        var sweep = StartSweep(new TestSweep().Definition);
        var silent = CreateTestProbe();
        var old = await AskForWorkAsync(sweep, silent, 1);
        _time.Advance(SweepActor.DefaultLease + TimeSpan.FromSeconds(1));
        await AwaitConditionAsync(() => Task.FromResult(_listener.Events.OfType<AttemptClosed>().Any()), TimeSpan.FromSeconds(10));

        var current = await AskForWorkAsync(sweep, CreateTestProbe(), 2);
        Assert.Equal(old.Attempt.Trial, current.Attempt.Trial);
        Assert.Equal(2, current.Attempt.Number);
        sweep.Tell(new EpochReported(Worker(1), old.Attempt, Report(1)), silent);
        Assert.Equal(old.Attempt, (await silent.ExpectMsgAsync<StopAttempt>()).Attempt);
        sweep.Tell(new Heartbeat(Worker(1), old.Attempt, 1, 0.5), silent);
        await silent.ExpectMsgAsync<StopAttempt>();
    }

    [Fact]
    public async Task A_trial_whose_workers_connection_breaks_goes_elsewhere_long_before_its_lease_ends()
    {
        var sweep = StartSweep(new TestSweep().Definition);
        var killed = CreateTestProbe();
        var old = await AskForWorkAsync(sweep, killed, 1);
        var address = killed.Ref.Path.Address;
        Sys.EventStream.Publish(new DisassociatedEvent(address, address, true));
        await sweep.Ask<int>(new SweepActor.CountWorkers(), TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(6));
        await AwaitConditionAsync(() => Task.FromResult(_listener.Events.OfType<AttemptClosed>().Any()), TimeSpan.FromSeconds(10));
        Assert.Equal(old.Attempt.Trial, (await AskForWorkAsync(sweep, CreateTestProbe(), 2)).Attempt.Trial);
    }

    [Fact]
    public async Task A_sweep_actor_that_starts_again_knows_what_was_stored_and_lets_a_running_attempt_go_on()
    {
        var definition = new TestSweep().Definition;
        var sweep = StartSweep(definition);
        var worker = CreateTestProbe();
        var start = await AskForWorkAsync(sweep, worker, 1);
        sweep.Tell(new EpochReported(Worker(1), start.Attempt, Report(1)), worker);
        await worker.ExpectMsgAsync<EpochAcknowledged>();
        await WatchAsync(sweep);
        Sys.Stop(sweep);
        await ExpectTerminatedAsync(sweep);

        sweep = StartSweep(definition);
        sweep.Tell(new WorkerAvailable(Worker(1), Device, start.Attempt), worker);
        await worker.ExpectMsgAsync<WorkerNoted>();
        sweep.Tell(new EpochReported(Worker(1), start.Attempt, Report(2)), worker);
        Assert.Equal((2, TrialDecision.Continue), await worker.ExpectMsgAsync<EpochAcknowledged>() is var answer ? (answer.Epoch, answer.Decision) : default);
        Assert.Single(_listener.Events.OfType<SweepStarted>());
    }

    [Fact]
    public async Task When_a_sweep_ends_early_the_workers_that_still_train_are_told_to_stop()
    {
        var sweep = StartSweep(new TestSweep().Definition);
        var worker = CreateTestProbe();
        var start = await AskForWorkAsync(sweep, worker, 1);
        sweep.Tell(new SweepActor.InterruptRequested());
        Assert.Equal(start.Attempt, (await worker.ExpectMsgAsync<StopAttempt>()).Attempt);
    }

    [Fact]
    public async Task A_person_stops_a_trial_and_its_worker_is_told_and_gets_the_next_one()
    {
        var sweep = StartSweep(new TestSweep().Definition);
        var worker = CreateTestProbe();
        var start = await AskForWorkAsync(sweep, worker, 1);
        var person = CreateTestProbe();
        sweep.Tell(new SweepActor.Order(now => new StopTrial(start.Attempt.Trial, now)), person);
        Assert.Equal(start.Attempt, (await worker.ExpectMsgAsync<StopAttempt>()).Attempt);
        var answer = await person.ExpectMsgAsync<SweepActor.OrderAnswered>();
        Assert.Null(answer.Problem);
        Assert.Equal(_listener.Events.Count, answer.Number);
        Assert.NotEqual(start.Attempt.Trial, (await AskForWorkAsync(sweep, worker, 1)).Attempt.Trial);
        sweep.Tell(new SweepActor.Order(now => new StopTrial(start.Attempt.Trial, now)), person);
        Assert.Contains("has ended already", (await person.ExpectMsgAsync<SweepActor.OrderAnswered>()).Problem);
    }

    [Fact]
    public async Task Without_its_term_a_sweep_is_deaf_and_mute_and_with_it_goes_on_as_if_nothing_had_been()
    {
        var sweep = StartSweep(new TestSweep().Definition);
        var worker = CreateTestProbe();
        var start = await AskForWorkAsync(sweep, worker, 1);
        _term.IsOurs = false;
        sweep.Tell(new EpochReported(Worker(1), start.Attempt, Report(1)), worker);
        sweep.Tell(new Heartbeat(Worker(1), start.Attempt with { Number = 7 }, 1, 0.5), worker);
        sweep.Tell(new SweepActor.WorkerExited(Worker(2), "was killed"));
        _time.Advance(3 * SweepActor.DefaultLease);
        await sweep.Ask<int>(new SweepActor.CountWorkers(), TimeSpan.FromSeconds(10));
        Assert.False(worker.HasMessages);
        Assert.Empty(_listener.Events.OfType<EpochRecorded>());

        _term.IsOurs = true;
        sweep.Tell(new EpochReported(Worker(1), start.Attempt, Report(1)), worker);
        Assert.Equal((1, TrialDecision.Continue), await worker.ExpectMsgAsync<EpochAcknowledged>() is var answer ? (answer.Epoch, answer.Decision) : default);
        Assert.Empty(_listener.Events.OfType<AttemptClosed>());
    }

    [Fact]
    public async Task A_sweep_actor_that_starts_without_its_term_stores_nothing()
    {
        _term.IsOurs = false;
        var sweep = StartSweep(new TestSweep().Definition);
        await sweep.Ask<int>(new SweepActor.CountWorkers(), TimeSpan.FromSeconds(10));
        Assert.Empty(_listener.Events);
        _term.IsOurs = true;
        await AwaitConditionAsync(() => Task.FromResult(_listener.Events.OfType<SweepStarted>().Any()), TimeSpan.FromSeconds(10));
    }

    private IActorRef StartSweep(SweepDefinition definition)
    {
        _pool ??= CreateTestProbe();
        var decisions = new SweepDecisions(Sampler.Create(definition));
        var sweep = Sys.ActorOf(Props.Create(() => new SweepActor(
            new StoredHistory(Store, Sweep), new SweepMemory(new SweepState(definition), 0), decisions, StartOf(definition), "/run", _term, _listener, _time, SweepActor.DefaultLease, _pool)));
        return sweep;
    }

    private static async Task<StartAttempt> AskForWorkAsync(IActorRef sweep, TestProbe worker, int number)
    {
        sweep.Tell(new WorkerAvailable(Worker(number), Device, null), worker);
        return await worker.ExpectMsgAsync<StartAttempt>(TimeSpan.FromSeconds(10));
    }
}
