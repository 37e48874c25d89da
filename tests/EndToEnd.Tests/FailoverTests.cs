using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using Sweep.Tests.Postgres;

namespace Sweep.EndToEnd.Tests;

/// <summary>A run that nothing disturbs, trained by a worker from elsewhere with one thread, as those of the tests.</summary>
public sealed class CalmRun : IAsyncLifetime
{
    public const string Yaml = """
        name: failover
        seed: 5
        dataset: {name: digits, train_limit: 900, test_limit: 200}
        model: {family: resnet, blocks: [1, 1], widths: [8, 16]}
        training: {epochs: 40, batch_size: 32}
        augmentation: {crop_padding: 1, horizontal_flip: false, rotation_degrees: 10}
        parameters: {learning_rate: {distribution: log_uniform, min: 0.01, max: 0.2}}
        search: {algorithm: random, trials: 2}
        """;

    public TemporaryRun Run { get; } = new(Yaml);

    public async ValueTask InitializeAsync()
    {
        if (!PostgresServer.IsInstalled) return;
        var address = FailoverTests.FreeAddress();
        using var worker = Programs.Worker("--join", address, "--threads", "1");
        using var coordinator = Programs.Coordinator("--sweep", Run.SweepFile, "--workers", "0", "--listen", address, "--output", Run.Folder);
        Assert.Equal(0, await coordinator.ExitAsync());
    }

    public ValueTask DisposeAsync()
    {
        Run.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>The coordinator at work dies or freezes, and one on standby goes on with the run, whose worker notices little of it.</summary>
public sealed partial class FailoverTests(CalmRun calm, PostgresServer server, ITestOutputHelper output)
    : IClassFixture<CalmRun>, IClassFixture<PostgresServer>
{
    private readonly string _first = FreeAddress(), _second = FreeAddress();

    private Dictionary<string, string> Environment => new() { ["SWEEP_STORE_PASSWORD_FILE"] = server.PasswordFile };

    [Fact]
    public async Task A_killed_coordinator_is_followed_by_the_one_on_standby_and_no_attempt_starts_again()
    {
        SkipWithoutPostgres();
        using var run = new TemporaryRun(CalmRun.Yaml);
        using var worker = StartWorker();
        using var active = StartActive(run);
        await ResumeTests.UntilAsync(() => ResumeTests.Count(run, "reported") >= 3);
        using var standby = StartStandby(run);
        await standby.LineAsync($"standing by: process {active.Id} ");
        active.Kill();
        var killed = DateTimeOffset.UtcNow;
        Assert.Equal(0, await standby.ExitAsync());

        var events = await EventsAsync(run);
        var resumed = events.Single(stored => stored.Kind == "sweep-resumed-1");
        var accepted = events.First(stored => stored.Kind == "epoch-recorded-1" && stored.Number > resumed.Number);
        output.WriteLine($"took over after {(resumed.At - killed).TotalSeconds:0.0} s, accepted a report after {(accepted.At - killed).TotalSeconds:0.0} s");
        await AssertUndisturbedAsync(run, worker, events);
    }

    [Fact]
    public async Task A_frozen_coordinator_that_comes_back_finds_itself_replaced_and_does_no_harm()
    {
        SkipWithoutPostgres();
        using var run = new TemporaryRun(CalmRun.Yaml);
        using var worker = StartWorker();
        using var active = StartActive(run);
        await ResumeTests.UntilAsync(() => ResumeTests.Count(run, "reported") >= 3);
        using var standby = StartStandby(run);
        await standby.LineAsync($"standing by: process {active.Id} ");
        active.Freeze();
        var frozen = DateTimeOffset.UtcNow;
        await standby.LineAsync("worker ");
        active.Thaw();
        Assert.Equal(5, await active.ExitAsync());
        Assert.Contains("another coordinator has taken over", active.Output, StringComparison.Ordinal);
        Assert.Equal(0, await standby.ExitAsync());

        var events = await EventsAsync(run);
        var resumed = events.Single(stored => stored.Kind == "sweep-resumed-1");
        output.WriteLine($"took over after {(resumed.At - frozen).TotalSeconds:0.0} s");
        await AssertUndisturbedAsync(run, worker, events);
    }

    [Fact]
    public async Task A_standby_of_a_run_with_its_history_in_its_folder_is_refused()
    {
        using var run = new TemporaryRun(CalmRun.Yaml);
        Directory.CreateDirectory(run.Folder);
        File.Copy(run.SweepFile, Path.Combine(run.Folder, "sweep.yaml"));
        using var standby = Programs.Coordinator("--resume", run.Folder, "--standby");
        Assert.Equal(2, await standby.ExitAsync());
        Assert.Contains("--standby: ", standby.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_without_a_coordinator_ends_after_its_grace_with_a_checkpoint()
    {
        using var run = new TemporaryRun(CalmRun.Yaml);
        using var killed = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "0", "--listen", _first, "--output", run.Folder);
        await killed.LineAsync("waiting for workers");
        using var worker = Programs.Worker("--join", _first, "--threads", "1", "--coordinator-grace", "20s");
        await CalmAndKilledRun.KillAfterAsync(killed, run, reports: 2);
        Assert.Equal(3, await worker.ExitAsync());
        Assert.Contains("giving up. --coordinator-grace", worker.Output, StringComparison.Ordinal);
        Assert.Contains("has stopped at a checkpoint", worker.Output, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.EnumerateFiles(run.Folder, "*.ckpt", SearchOption.AllDirectories));
    }

    internal static string FreeAddress() => $"127.0.0.1:{WorkersFromElsewhereTests.FreePort()}";

    private static void SkipWithoutPostgres() => Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed (Debian package postgresql)");

    private RunningProgram StartWorker() => Programs.Worker("--join", _first, "--join", _second, "--threads", "1");

    private RunningProgram StartActive(TemporaryRun run) => Programs.Coordinator(
        Environment, "--sweep", run.SweepFile, "--workers", "0", "--listen", _first, "--output", run.Folder, "--store", server.Address);

    private RunningProgram StartStandby(TemporaryRun run) => Programs.Coordinator(
        Environment, "--resume", run.Folder, "--standby", "--workers", "0", "--listen", _second);

    /// <summary>Every trial has one attempt, every epoch was trained once, and the results are those of the calm run.</summary>
    private async Task AssertUndisturbedAsync(TemporaryRun run, RunningProgram worker, IReadOnlyList<StoredEvent> events)
    {
        Assert.Equal(2, events.Count(stored => stored.Kind == "attempt-started-1"));
        Assert.All(run.Trials(), trial => Assert.Equal((1, "completed"), (trial.GetProperty("attempts").GetInt32(), trial.GetProperty("outcome").GetString())));
        var trained = TrainedEpoch().Matches(worker.Output).Select(match => match.Value).ToList();
        Assert.Equal(80, trained.Count);
        Assert.Equal(80, trained.Distinct().Count());
        Assert.Equal(calm.Run.Results(), run.Results());
        using var verify = Programs.Coordinator(Environment, "verify", run.Folder);
        Assert.Equal((0, ""), (await verify.ExitAsync(), verify.Output.Contains("nothing is wrong", StringComparison.Ordinal) ? "" : verify.Output));
    }

    private async Task<IReadOnlyList<StoredEvent>> EventsAsync(TemporaryRun run)
    {
        using var note = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(run.Folder, "store.json"), TestContext.Current.CancellationToken));
        var sweep = note.RootElement.GetProperty("sweep").ToString();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        await using var command = source.CreateCommand("SELECT sequence_number, manifest, message FROM journal WHERE persistence_id LIKE '%' || $1 ORDER BY sequence_number");
        command.Parameters.Add(new NpgsqlParameter { Value = SweepName().Match(sweep).Value });
        var events = new List<StoredEvent>();
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await rows.ReadAsync(TestContext.Current.CancellationToken))
        {
            using var message = JsonDocument.Parse(rows.GetFieldValue<byte[]>(2));
            events.Add(new StoredEvent(rows.GetInt64(0), rows.GetString(1), message.RootElement.GetProperty("at").GetDateTimeOffset()));
        }
        return events;
    }

    private sealed record StoredEvent(long Number, string Kind, DateTimeOffset At);

    [GeneratedRegex(@"\S+ trained epoch [0-9]+ ")]
    private static partial Regex TrainedEpoch();

    [GeneratedRegex("failover-[0-9a-f]{32}")]
    private static partial Regex SweepName();
}
