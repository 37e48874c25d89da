using Akka.Actor;
using Akka.Hosting;
using Akka.TestKit;
using Microsoft.Data.Sqlite;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Tests.Actors;
using Sweep.Coordinator.Tests.Terms;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Protocol;
using Sweep.Tests.Postgres;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Histories;

/// <summary>What every store must do, with the real actor, supervisor and database.</summary>
public abstract class StoreContract(ITestOutputHelper output) : Akka.Hosting.TestKit.TestKit(output: output)
{
    private static readonly DeviceDescription Device = new("CPU, 1 thread", 1, 1 << 30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly RecordingListener _listener = new();

    /// <summary>Of its own for every test, since all tests of a class may share a database.</summary>
    private readonly SweepId _sweep = new($"test-{Guid.NewGuid():N}");

    internal abstract HistoryStore Store { get; }

    protected abstract void SkipIfThereIsNone();

    /// <summary>From now on nothing can be stored.</summary>
    protected abstract Task BreakAsync();

    protected abstract Task MendAsync();

    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider) => HistoryStore.Add(builder, Store);

    [Fact]
    public async Task What_an_actor_stores_is_read_without_it_and_by_the_next_one()
    {
        SkipIfThereIsNone();
        var sweep = StartSweep();
        var worker = CreateTestProbe();
        var start = await AskForWorkAsync(sweep, worker);
        await ReportAsync(sweep, worker, start.Attempt, 1);
        Assert.Equal(_listener.Events, Stored());

        await StopAsync(sweep);
        var next = StartSweep();
        await ReportAsync(next, worker, start.Attempt, 2);
        Assert.Equal(_listener.Events, Stored());
    }

    [Fact]
    public async Task A_store_that_fails_pauses_the_sweep_and_nothing_is_acknowledged_before_it_is_stored()
    {
        SkipIfThereIsNone();
        var sweep = StartSweep();
        var worker = CreateTestProbe();
        var start = await AskForWorkAsync(sweep, worker);
        await ReportAsync(sweep, worker, start.Attempt, 1);

        await BreakAsync();
        var report = new EpochReported(Worker(1), start.Attempt, Report(2));
        sweep.Tell(report, worker);
        await AwaitConditionAsync(() => Task.FromResult(_listener.Losses > 0), Limit);
        sweep.Tell(report, worker);
        await AwaitConditionAsync(() => Task.FromResult(_listener.Losses > 1), Limit);
        Assert.False(worker.HasMessages);

        await MendAsync();
        // As the worker does, until it is answered; its attempt is the same.
        await AwaitConditionAsync(
            () =>
            {
                sweep.Tell(report, worker);
                return Task.FromResult(worker.HasMessages);
            },
            Limit, TimeSpan.FromMilliseconds(200));
        var answer = await worker.ExpectMsgAsync<EpochAcknowledged>();
        Assert.Equal((start.Attempt, 2, TrialDecision.Continue), (answer.Attempt, answer.Epoch, answer.Decision));
        Assert.True(_listener.Finds > 0);
        Assert.Equal([1, 2], Stored().OfType<EpochRecorded>().Select(recorded => recorded.Report.Epoch));
        Assert.Single(_listener.Events.OfType<AttemptStarted>());
    }

    [Fact]
    public async Task What_was_known_before_is_not_read_again_and_what_was_not_is()
    {
        SkipIfThereIsNone();
        var sweep = StartSweep();
        var worker = CreateTestProbe();
        var start = await AskForWorkAsync(sweep, worker);
        var memory = Recall();
        await ReportAsync(sweep, worker, start.Attempt, 1);
        await StopAsync(sweep);

        Execute("UPDATE journal SET manifest = 'unreadable' WHERE sequence_number = 2");
        sweep = StartSweep(memory);
        await ReportAsync(sweep, worker, start.Attempt, 2);
        Assert.Equal(2, memory.State[start.Attempt.Trial].Reports.Count);
    }

    [Fact]
    public async Task A_store_that_has_lost_events_is_not_gone_on_with()
    {
        SkipIfThereIsNone();
        var sweep = StartSweep();
        var worker = CreateTestProbe();
        var start = await AskForWorkAsync(sweep, worker);
        await ReportAsync(sweep, worker, start.Attempt, 1);
        var memory = Recall();
        await StopAsync(sweep);

        Execute("DELETE FROM journal WHERE sequence_number > 2");
        StartSweep(memory);
        await AwaitConditionAsync(() => Task.FromResult(_listener.Failure is not null), Limit);
        Assert.Contains("the store holds 2 events, and 4 were stored", _listener.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(2, Stored().Count());
    }

    [Fact]
    public async Task A_snapshot_stands_for_the_events_that_it_was_taken_after()
    {
        SkipIfThereIsNone();
        var sweep = StartSweep();
        var worker = CreateTestProbe();
        var start = await AskForWorkAsync(sweep, worker);
        await ReportAsync(sweep, worker, start.Attempt, 1);
        var file = Path.Combine(Directory.CreateTempSubdirectory("sweep-test-").FullName, "history.snapshot");
        var memory = Recall();
        SnapshotFile.Write(file, memory.State, memory.Count);
        await ReportAsync(sweep, worker, start.Attempt, 2);
        await StopAsync(sweep);

        Execute("UPDATE journal SET manifest = 'unreadable' WHERE sequence_number = 2");
        Assert.Equal(2, Recall(file).State[start.Attempt.Trial].Reports.Count);
        Execute("UPDATE journal SET manifest = 'trial-created-1' WHERE sequence_number = 2");

        // Of a history that went on otherwise after the same number of events.
        var other = new SweepMemory(new SweepState(new TestSweep().Definition), 0);
        foreach (var sweepEvent in Stored().Take(3)) other.Add(sweepEvent);
        other.Add(new EpochRecorded(start.Attempt, Report(1, 9, 0.9), Start.AddYears(1)));
        SnapshotFile.Write(file, other.State, other.Count);
        Assert.Equal(Recall().State[start.Attempt.Trial].Reports, Recall(file).State[start.Attempt.Trial].Reports);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    private SweepMemory Recall(string? snapshotFile = null) => new StoredHistory(Store, _sweep).Recall(new TestSweep().Definition, snapshotFile);

    /// <summary>On this sweep's rows.</summary>
    private void Execute(string statement)
    {
        using var connection = Store.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"{statement} AND persistence_id = '{SweepActor.PersistenceIdOf(_sweep)}'";
        command.ExecuteNonQuery();
    }

    private IEnumerable<ISweepEvent> Stored() => StoredHistory.Find(Store, _sweep)!.EventsAfter(0);

    /// <param name="memory">Null for none.</param>
    private IActorRef StartSweep(SweepMemory? memory = null)
    {
        var definition = new TestSweep().Definition;
        var start = new StartSweep(_sweep, SweepFileText.Of("name: test"), "0.1.0", Start);
        var decisions = new SweepDecisions(Sampler.Create(definition));
        return Sys.ActorOf(SweepActor.Supervised(Props.Create(() => new SweepActor(
            new StoredHistory(Store, _sweep), memory ?? new SweepMemory(new SweepState(definition), 0), decisions, start, "/run", new TestTerm(), _listener, TimeProvider.System, SweepActor.DefaultLease, ActorRefs.Nobody))));
    }

    private async Task StopAsync(IActorRef sweep)
    {
        await WatchAsync(sweep);
        Sys.Stop(sweep);
        await ExpectTerminatedAsync(sweep);
    }

    private static async Task<StartAttempt> AskForWorkAsync(IActorRef sweep, TestProbe worker)
    {
        sweep.Tell(new WorkerAvailable(Worker(1), Device, null), worker);
        return await worker.ExpectMsgAsync<StartAttempt>(Limit);
    }

    private static async Task ReportAsync(IActorRef sweep, TestProbe worker, AttemptId attempt, int epoch)
    {
        sweep.Tell(new EpochReported(Worker(1), attempt, Report(epoch)), worker);
        Assert.Equal(epoch, (await worker.ExpectMsgAsync<EpochAcknowledged>(Limit)).Epoch);
    }
}

public sealed class SqliteStoreTests(ITestOutputHelper output) : StoreContract(output)
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("sweep-test-").FullName, "history.db");

    internal override HistoryStore Store => new SqliteStore(_file);

    protected override void SkipIfThereIsNone() { }

    /// <summary>What SQLite says when the disk is full, from its own statement.</summary>
    protected override Task BreakAsync() => ExecuteAsync(
        "CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END");

    protected override Task MendAsync() => ExecuteAsync("DROP TRIGGER full");

    private async Task ExecuteAsync(string statement)
    {
        await using var connection = new SqliteConnection($"Data Source={_file}");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = statement;
        await command.ExecuteNonQueryAsync();
    }

    protected override async Task AfterAllAsync()
    {
        await base.AfterAllAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
    }
}

public sealed class PostgresStoreTests(ITestOutputHelper output, PostgresServer server) : StoreContract(output), IClassFixture<PostgresServer>
{
    internal override HistoryStore Store => new PostgresStore(StoreAddress.Parse(server.AddressWithPassword, mayHoldPassword: true));

    protected override void SkipIfThereIsNone() => Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed (Debian package postgresql)");

    protected override Task BreakAsync() => server.StopAsync();

    protected override Task MendAsync() => server.StartAsync();
}
