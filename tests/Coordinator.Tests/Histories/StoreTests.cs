using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
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

    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider) => Store.AddTo(builder
        .WithRemoting("127.0.0.1", 0)
        .WithClustering(new ClusterOptions { Roles = [ClusterNames.CoordinatorRole] }));

    [Fact]
    public async Task What_an_actor_stores_is_read_without_it_and_by_the_next_one()
    {
        SkipIfThereIsNone();
        var sweep = StartSweep();
        var worker = CreateTestProbe();
        var start = await AskForWorkAsync(sweep, worker);
        await ReportAsync(sweep, worker, start.Attempt, 1);
        var history = StoredHistory.Read(Store, _sweep);
        Assert.Equal(_sweep, history.Sweep);
        Assert.Equal(_listener.Events, history.Events);

        await StopAsync(sweep);
        var next = StartSweep();
        await ReportAsync(next, worker, start.Attempt, 2);
        Assert.Equal(_listener.Events, StoredHistory.Read(Store, _sweep).Events);
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
        Assert.Equal([1, 2], StoredHistory.Read(Store, _sweep).Events.OfType<EpochRecorded>().Select(recorded => recorded.Report.Epoch));
        Assert.Single(_listener.Events.OfType<AttemptStarted>());
    }

    [Fact]
    public async Task A_long_history_is_read_from_a_snapshot_and_from_its_events_where_the_snapshot_is_damaged()
    {
        SkipIfThereIsNone();
        const int Epochs = SweepActor.SnapshotInterval + 10;
        var sweep = StartSweep(2 * Epochs);
        var worker = CreateTestProbe();
        var start = await AskForWorkAsync(sweep, worker);
        for (var epoch = 1; epoch <= Epochs; epoch++) sweep.Tell(new EpochReported(Worker(1), start.Attempt, Report(epoch)), worker);
        await worker.FishForMessageAsync<EpochAcknowledged>(answer => answer.Epoch == Epochs, Limit);
        await AwaitConditionAsync(() => Task.FromResult(Count("snapshot") == 1), Limit);
        await StopAsync(sweep);

        // Of what the snapshot holds, nothing is read one by one any more.
        Execute("UPDATE journal SET manifest = 'unreadable' WHERE sequence_number = 2");
        sweep = StartSweep(2 * Epochs);
        await ReportAsync(sweep, worker, start.Attempt, Epochs + 1);
        await StopAsync(sweep);

        Execute("UPDATE journal SET manifest = 'trial-created-1' WHERE sequence_number = 2");
        Execute("UPDATE snapshot SET manifest = 'sweep-snapshot-99'");
        sweep = StartSweep(2 * Epochs);
        await ReportAsync(sweep, worker, start.Attempt, Epochs + 2);
        Assert.Equal(_listener.Events, StoredHistory.Read(Store, _sweep).Events);
    }

    private long Count(string table) => Convert.ToInt64(Execute($"SELECT COUNT(*) FROM {table}"));

    /// <summary>On this sweep's rows.</summary>
    private object? Execute(string statement)
    {
        using var connection = Store.Open();
        using var command = connection.CreateCommand();
        var condition = $"persistence_id = '{SweepActor.PersistenceIdOf(_sweep)}'";
        command.CommandText = $"{statement} {(statement.Contains("WHERE", StringComparison.Ordinal) ? "AND" : "WHERE")} {condition}";
        return command.ExecuteScalar();
    }

    private IActorRef StartSweep(int epochs = 10)
    {
        var definition = new TestSweep(epochs: epochs).Definition;
        var start = new StartSweep(_sweep, SweepFileText.Of("name: test"), "0.1.0", Start);
        var decisions = new SweepDecisions(Sampler.Create(definition));
        return Sys.ActorOf(SweepActor.Supervised(Props.Create(() => new SweepActor(
            _sweep, new SweepState(definition), decisions, start, "/run", new TestTerm(), _listener, TimeProvider.System))));
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
