using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Sweep.Tests.Postgres;

namespace Sweep.EndToEnd.Tests;

/// <summary>One run that nothing disturbs, and one whose coordinator was killed in the middle of a trial; tests copy the latter.</summary>
public sealed class CalmAndKilledRun : IAsyncLifetime
{
    public const string Yaml = """
        name: resumed
        seed: 5
        dataset: {name: digits, train_limit: 900, test_limit: 200}
        model: {family: resnet, blocks: [1, 1], widths: [8, 16]}
        training: {epochs: 5, batch_size: 32}
        augmentation: {crop_padding: 1, horizontal_flip: false, rotation_degrees: 10}
        parameters: {learning_rate: {distribution: log_uniform, min: 0.01, max: 0.2}}
        search: {algorithm: random, trials: 3}
        """;

    public TemporaryRun Calm { get; } = new(Yaml);

    public TemporaryRun Killed { get; } = new(Yaml);

    public async ValueTask InitializeAsync()
    {
        using (var coordinator = Programs.Coordinator("--sweep", Calm.SweepFile, "--workers", "1", "--output", Calm.Folder))
            Assert.Equal(0, await coordinator.ExitAsync());
        using (var coordinator = Programs.Coordinator("--sweep", Killed.SweepFile, "--workers", "1", "--output", Killed.Folder))
            await KillAfterAsync(coordinator, Killed, reports: 7);
    }

    public ValueTask DisposeAsync()
    {
        Calm.Dispose();
        Killed.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Kills the coordinator once its log tells of so many reports, or of the end.</summary>
    internal static async Task KillAfterAsync(RunningProgram coordinator, TemporaryRun run, int reports)
    {
        await ResumeTests.UntilAsync(() => ResumeTests.Count(run, "reported") >= reports || coordinator.HasExited);
        var workers = coordinator.Children();
        coordinator.Kill();
        await coordinator.ExitAsync();
        await ResumeTests.UntilAsync(() => !workers.Any(RunningProgram.IsAlive));
    }
}

/// <summary>A coordinator ends without a word, and another one goes on with its run.</summary>
public sealed partial class KilledCoordinatorTests(CalmAndKilledRun runs, PostgresServer server) : IClassFixture<CalmAndKilledRun>, IClassFixture<PostgresServer>
{
    [Fact]
    public async Task A_run_killed_again_and_again_ends_with_the_leaderboard_of_an_undisturbed_one()
    {
        using var run = new TemporaryRun(runs.Killed);
        foreach (var reports in (int[])[9, 12])
        {
            using var coordinator = Programs.Coordinator("--resume", run.Folder, "--workers", "1");
            await CalmAndKilledRun.KillAfterAsync(coordinator, run, reports);
            Assert.Equal(0, (await VerifyAsync(run)).Code);
        }
        await ResumeAndCompareAsync(run);
        Assert.Equal(15, ResumeTests.Count(run, "reported"));

        // And once more, when there is nothing left to do but to write what was lost.
        File.Delete(Path.Combine(run.Folder, "leaderboard.json"));
        File.Delete(Path.Combine(run.Folder, "trials", "2", "epochs.csv"));
        Assert.Equal(1, (await VerifyAsync(run)).Code);
        using var again = Programs.Coordinator("--resume", run.Folder);
        Assert.Equal(0, await again.ExitAsync());
        Assert.Contains("has ended already", again.Output, StringComparison.Ordinal);
        Assert.Contains("Trial ", again.Output, StringComparison.Ordinal);
        Assert.Equal(runs.Calm.Results(), run.Results());
    }

    [Fact]
    public async Task A_run_whose_coordinator_is_at_work_is_refused()
    {
        using var run = new TemporaryRun(runs.Killed);
        using var first = Programs.Coordinator("--resume", run.Folder, "--workers", "1");
        await first.LineAsync("resumed: ");
        using var second = Programs.Coordinator("--resume", run.Folder, "--workers", "1");
        Assert.Equal(2, await second.ExitAsync());
        Assert.Contains($"another coordinator is at work here (process {first.Id}", second.Output, StringComparison.Ordinal);
        Assert.Equal(0, await first.ExitAsync());
    }

    [Fact]
    public async Task A_database_whose_last_write_is_torn_loses_that_and_nothing_else()
    {
        using var run = new TemporaryRun(runs.Killed);
        var before = (await VerifyAsync(run)).Events;
        // Verifying it has closed the database in order, and so emptied the log.
        File.Copy(Path.Combine(runs.Killed.Folder, "history.db"), Path.Combine(run.Folder, "history.db"), overwrite: true);
        File.Copy(Path.Combine(runs.Killed.Folder, "history.db-wal"), Path.Combine(run.Folder, "history.db-wal"), overwrite: true);
        using (var log = File.OpenWrite(Path.Combine(run.Folder, "history.db-wal"))) log.SetLength(log.Length - 100);

        var after = await VerifyAsync(run);
        Assert.Equal(0, after.Code);
        Assert.InRange(after.Events, 1, before - 1);
        await ResumeAndCompareAsync(run);
    }

    [Fact]
    public async Task A_checkpoint_that_is_damaged_or_missing_costs_time_and_nothing_else()
    {
        using var run = new TemporaryRun(runs.Killed);
        var checkpoints = Directory.GetFiles(run.Folder, "*.ckpt", SearchOption.AllDirectories).Order().ToList();
        Assert.Equal(2, checkpoints.Count);
        File.Delete(checkpoints[0]);
        Assert.Equal(0, (await VerifyAsync(run)).Code);
        using (var file = File.OpenWrite(checkpoints[1]))
        {
            file.Seek(-100, SeekOrigin.End);
            file.Write(new byte[50]);
        }
        var verified = await VerifyAsync(run);
        Assert.Equal(1, verified.Code);
        Assert.Contains($"{checkpoints[1]}: it is damaged", verified.Output, StringComparison.Ordinal);
        await ResumeAndCompareAsync(run);
    }

    [Fact]
    public async Task An_edited_sweep_file_is_refused_with_the_difference_and_a_longer_one_needs_extend()
    {
        using var run = new TemporaryRun(runs.Killed);
        var file = Path.Combine(run.Folder, "sweep.yaml");
        await File.WriteAllTextAsync(file, CalmAndKilledRun.Yaml.Replace("epochs: 5", "epochs: 6", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        using (var refused = Programs.Coordinator("--resume", run.Folder))
        {
            Assert.Equal(2, await refused.ExitAsync());
            Assert.Contains("training.epochs: 5 -> 6", refused.Output, StringComparison.Ordinal);
        }
        await File.WriteAllTextAsync(run.SweepFile, CalmAndKilledRun.Yaml.Replace("trials: 3", "trials: 4", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        using (var extended = Programs.Coordinator("--resume", run.Folder, "--sweep", run.SweepFile, "--extend", "--workers", "1"))
            Assert.Equal(0, await extended.ExitAsync());
        Assert.Equal(4, run.Trials().Count);
        Assert.Equal(await File.ReadAllTextAsync(run.SweepFile, TestContext.Current.CancellationToken), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal(0, (await VerifyAsync(run)).Code);
    }

    [Fact]
    public async Task A_history_of_another_version_goes_on_with_a_warning_and_one_with_unknown_events_does_not()
    {
        using var run = new TemporaryRun(runs.Killed);
        Execute(run, """UPDATE journal SET message = CAST(replace(CAST(message AS TEXT), '"program":"', '"program":"9.') AS BLOB) WHERE sequence_number = 1""");
        using (var coordinator = Programs.Coordinator("--resume", run.Folder, "--workers", "1"))
        {
            Assert.Equal(0, await coordinator.ExitAsync());
            Assert.Contains("warning: version 9.", coordinator.Output, StringComparison.Ordinal);
        }
        Assert.Equal(runs.Calm.Results(), run.Results());

        Execute(run, "UPDATE journal SET manifest = 'trial-created-99' WHERE sequence_number = 2");
        using var newer = Programs.Coordinator("--resume", run.Folder, "--workers", "1");
        Assert.Equal(4, await newer.ExitAsync());
        Assert.Contains("does not know events of the kind 'trial-created-99'", newer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_tampered_with_is_found()
    {
        using var run = new TemporaryRun(runs.Calm);
        Assert.Equal(0, (await VerifyAsync(run)).Code);
        var board = Path.Combine(run.Folder, "leaderboard.json");
        await File.WriteAllTextAsync(board, (await File.ReadAllTextAsync(board, TestContext.Current.CancellationToken)).Replace("\"epochs_trained\": 5", "\"epochs_trained\": 4", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await File.AppendAllTextAsync(Path.Combine(run.Folder, "trials", "2", "epochs.csv"), "6", TestContext.Current.CancellationToken);
        Execute(run, "UPDATE journal SET manifest = 'trial-finished-1', message = CAST('{\"trial\":{\"number\":1},\"outcome\":\"Failed\",\"at\":\"2026-01-01T00:00:00Z\"}' AS BLOB) "
            + "WHERE sequence_number = (SELECT MAX(sequence_number) - 1 FROM journal)");
        var (code, output, _) = await VerifyAsync(run);
        Assert.Equal(1, code);
        Assert.Contains("trial 1 has two outcomes: Completed and Failed", output, StringComparison.Ordinal);
        Assert.Contains("leaderboard.json does not follow from the events", output, StringComparison.Ordinal);
        Assert.Contains("epochs.csv does not follow from the events", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_from_elsewhere_keeps_its_attempt_while_coordinators_come_and_go()
    {
        using var run = new TemporaryRun(CalmAndKilledRun.Yaml.Replace("trials: 3", "trials: 1", StringComparison.Ordinal).Replace("epochs: 5", "epochs: 20", StringComparison.Ordinal));
        var address = $"127.0.0.1:{WorkersFromElsewhereTests.FreePort()}";
        using var worker = Programs.Worker("--join", address, "--threads", "1");
        using (var killed = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "0", "--listen", address, "--output", run.Folder))
            await CalmAndKilledRun.KillAfterAsync(killed, run, reports: 2);
        using var resumed = Programs.Coordinator("--resume", run.Folder, "--workers", "0", "--listen", address);
        Assert.Equal(0, await resumed.ExitAsync());
        var trial = run.Trials().Single();
        Assert.Equal(("completed", 1, 20), (trial.GetProperty("outcome").GetString(), trial.GetProperty("attempts").GetInt32(), trial.GetProperty("epochs_trained").GetInt32()));
        Assert.Equal(0, (await VerifyAsync(run)).Code);
    }

    [Fact]
    public async Task In_PostgreSQL_a_run_outlives_its_coordinator_and_waits_for_its_server()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL is not installed (Debian package postgresql)");
        using var run = new TemporaryRun(CalmAndKilledRun.Yaml);
        Dictionary<string, string> environment = new() { ["SWEEP_STORE_PASSWORD_FILE"] = server.PasswordFile };
        using (var killed = Programs.Coordinator(environment, "--sweep", run.SweepFile, "--workers", "1", "--output", run.Folder, "--store", server.Address))
            await CalmAndKilledRun.KillAfterAsync(killed, run, reports: 3);
        using (var resumed = Programs.Coordinator(environment, "--resume", run.Folder, "--workers", "1"))
        {
            await ResumeTests.UntilAsync(() => ResumeTests.Count(run, "reported") >= 6);
            await server.StopAsync();
            await resumed.LineAsync("paused: ");
            await server.StartAsync();
            await resumed.LineAsync("the sweep goes on");
            Assert.Equal(0, await resumed.ExitAsync());
        }
        Assert.Equal(runs.Calm.Results(), run.Results());
        using (var verify = Programs.Coordinator(environment, "verify", run.Folder)) Assert.Equal(0, await verify.ExitAsync());
        Assert.False(File.Exists(Path.Combine(run.Folder, "history.db")));
        foreach (var file in Directory.EnumerateFiles(run.Folder, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(PostgresServer.Password, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_on_the_command_line_is_refused()
    {
        using var coordinator = Programs.Coordinator("--sweep", "sweeps/quickstart.yaml", "--store", "postgres://me:secret@localhost/sweeps");
        Assert.Equal(2, await coordinator.ExitAsync());
        Assert.Contains("SWEEP_STORE_PASSWORD_FILE", coordinator.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", coordinator.Output, StringComparison.Ordinal);
    }

    private async Task ResumeAndCompareAsync(TemporaryRun run)
    {
        using var coordinator = Programs.Coordinator("--resume", run.Folder, "--workers", "1");
        Assert.Equal(0, await coordinator.ExitAsync());
        Assert.Equal(runs.Calm.Results(), run.Results());
        Assert.Equal(0, (await VerifyAsync(run)).Code);
    }

    private static async Task<(int Code, string Output, int Events)> VerifyAsync(TemporaryRun run)
    {
        using var verify = Programs.Coordinator("verify", run.Folder);
        var code = await verify.ExitAsync();
        return (code, verify.Output, int.Parse(EventCount().Match(verify.Output).Groups[1].Value));
    }

    private static void Execute(TemporaryRun run, string statement)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(run.Folder, "history.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    [GeneratedRegex("([0-9]+) events")]
    private static partial Regex EventCount();
}
