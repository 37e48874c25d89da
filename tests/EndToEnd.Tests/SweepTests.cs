using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sweep.EndToEnd.Tests;

public sealed partial class SweepTests
{
    /// <summary>Real digits, a real network, seconds to run.</summary>
    private const string SmallSweep = """
        name: small
        seed: 3
        dataset: {name: digits, train_limit: 400, test_limit: 100}
        model: {family: resnet, blocks: [1, 1], widths: [8, 16]}
        training: {epochs: 3, batch_size: 32, learning_rate: 0.05}
        augmentation: {crop_padding: 1, horizontal_flip: false}
        parameters:
          learning_rate: {values: [0.02, 0.1]}
          augmentation: {values: [true, false]}
        search: {algorithm: grid}
        """;

    [Fact]
    public async Task A_sweep_file_becomes_a_leaderboard_of_trained_trials_and_no_worker_is_left()
    {
        using var run = new TemporaryRun(SmallSweep);
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "2", "--output", run.Folder);
        await coordinator.LineAsync("trial 1");
        var workers = coordinator.Children();

        Assert.Equal(0, await coordinator.ExitAsync());

        var trials = run.Trials();
        Assert.Equal(4, trials.Count);
        Assert.Equal([1, 2, 3, 4], trials.Select(trial => trial.GetProperty("rank").GetInt32()));
        Assert.All(trials, trial => Assert.Equal("completed", trial.GetProperty("outcome").GetString()));
        Assert.All(trials, trial => Assert.NotEqual("undetermined", trial.GetProperty("verdict").GetString()));
        Assert.All(trials, trial => Assert.Equal(3, trial.GetProperty("epochs_trained").GetInt32()));
        Assert.All(trials, trial => Assert.InRange(trial.GetProperty("peak_memory_bytes").GetInt64(), 1L << 20, 1L << 32));
        foreach (var file in (string[])["sweep.yaml", "plan.json", "history.db", "run.log", "leaderboard.csv", "leaderboard.md"])
            Assert.True(File.Exists(Path.Combine(run.Folder, file)), file);
        for (var trial = 1; trial <= 4; trial++)
        {
            Assert.Equal(4, File.ReadLines(Path.Combine(run.Folder, "trials", $"{trial}", "epochs.csv")).Count());
            Assert.True(File.Exists(Path.Combine(run.Folder, "trials", $"{trial}", "curves.png")));
            Assert.True(File.Exists(Path.Combine(run.Folder, "trials", $"{trial}", "best.safetensors")));
            Assert.False(Directory.Exists(Path.Combine(run.Folder, "trials", $"{trial}", "attempts")));
        }
        Assert.Equal(2, workers.Count);
        Assert.DoesNotContain(workers, RunningProgram.IsAlive);
    }

    /// <summary>As in a container whose root is read-only: in /proc nobody can make a file.</summary>
    [Fact]
    public async Task A_coordinator_writes_to_no_folder_but_its_runs()
    {
        using var run = new TemporaryRun(SmallSweep);
        using var coordinator = new RunningProgram("env", ["--chdir=/proc", Programs.CoordinatorFile, "--sweep", run.SweepFile, "--workers", "1", "--output", run.Folder]);

        Assert.Equal(0, await coordinator.ExitAsync());

        Assert.Equal(4, run.Trials().Count);
    }

    [Fact]
    public async Task Equal_seeds_give_equal_leaderboards_but_for_times_and_memory()
    {
        using var first = new TemporaryRun(SmallSweep);
        using var second = new TemporaryRun(SmallSweep);
        foreach (var run in (TemporaryRun[])[first, second])
        {
            using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "1", "--output", run.Folder);
            Assert.Equal(0, await coordinator.ExitAsync());
        }
        Assert.Equal(WithoutCosts(first), WithoutCosts(second));
    }

    [Fact]
    public async Task Overfitting_stops_a_trial_at_the_onset_that_flagging_finds_too()
    {
        const string Yaml = """
            name: overfits
            dataset: {name: digits, train_limit: 60, test_limit: 200, validation_fraction: 0.5}
            model: {family: resnet, blocks: [1, 1], widths: [16, 32]}
            training: {epochs: 30, batch_size: 8, learning_rate: 0.05, weight_decay: 0, schedule: constant}
            early_stopping: {overfit: {min_gap: 0.02, patience: 4, min_delta: 0, action: ACTION}}
            search: {algorithm: grid}
            parameters: {momentum: {values: [0.9]}}
            """;
        using var stopping = new TemporaryRun(Yaml.Replace("ACTION", "stop", StringComparison.Ordinal));
        using var flagging = new TemporaryRun(Yaml.Replace("ACTION", "flag", StringComparison.Ordinal));
        foreach (var run in (TemporaryRun[])[stopping, flagging])
        {
            using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "1", "--output", run.Folder);
            Assert.Equal(0, await coordinator.ExitAsync());
        }
        var stopped = stopping.Trials().Single();
        var flagged = flagging.Trials().Single();
        Assert.Equal("overfit", stopped.GetProperty("outcome").GetString());
        Assert.True(stopped.GetProperty("epochs_trained").GetInt32() < 30);
        Assert.Equal("completed", flagged.GetProperty("outcome").GetString());
        Assert.Equal(30, flagged.GetProperty("epochs_trained").GetInt32());
        Assert.Equal(stopped.GetProperty("onset_epoch").GetInt32(), flagged.GetProperty("onset_epoch").GetInt32());
    }

    [Fact]
    public async Task A_plan_counts_parameters_without_libtorch_and_starts_nothing()
    {
        using var coordinator = Programs.Coordinator("--sweep", "sweeps/cifar100.yaml", "--dry-run");
        Assert.Equal(0, await coordinator.ExitAsync());
        Assert.Contains("275,572", coordinator.Output, StringComparison.Ordinal);
        Assert.Contains("701,876", coordinator.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Programs.CoordinatorFolder, "*torch*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_broken_sweep_file_is_refused_whole_and_nothing_is_written()
    {
        using var run = new TemporaryRun("name: broken\ntraining: {epochs: 0}\n");
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--output", run.Folder);
        Assert.Equal(2, await coordinator.ExitAsync());
        Assert.Contains("sweep.yaml:2:20: ", coordinator.Output, StringComparison.Ordinal);
        Assert.Contains("dataset", coordinator.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", coordinator.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(run.Folder));
    }

    [Fact]
    public async Task A_folder_that_holds_a_run_is_refused()
    {
        using var run = new TemporaryRun(SmallSweep);
        Directory.CreateDirectory(run.Folder);
        await File.WriteAllTextAsync(Path.Combine(run.Folder, "history.db"), "another run", TestContext.Current.CancellationToken);
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--output", run.Folder);
        Assert.Equal(2, await coordinator.ExitAsync());
        Assert.Contains("not empty", coordinator.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listening_beyond_loopback_is_refused_unless_asked_for()
    {
        using var coordinator = Programs.Coordinator("--sweep", "sweeps/quickstart.yaml", "--listen", "0.0.0.0:4053");
        Assert.Equal(2, await coordinator.ExitAsync());
        Assert.Contains("--insecure", coordinator.Output, StringComparison.Ordinal);
    }

    /// <summary>The leaderboard's text without the columns that differ between any two runs.</summary>
    private static string[] WithoutCosts(TemporaryRun run)
    {
        var lines = File.ReadAllLines(Path.Combine(run.Folder, "leaderboard.csv"));
        var header = lines[0].Split(',');
        string[] varying = ["images_per_second", "seconds", "peak_memory_bytes", "worker"];
        Assert.All(varying, column => Assert.Contains(column, header));
        var kept = Enumerable.Range(0, header.Length).Where(column => !varying.Contains(header[column])).ToArray();
        return [.. lines.Select(line => CsvField().Matches(line).Select(field => field.Value).ToArray())
            .Select(fields => string.Join(',', kept.Select(column => fields[column])))];
    }

    [GeneratedRegex("""(?<=^|,)("[^"]*"|[^,]*)""")]
    private static partial Regex CsvField();
}
