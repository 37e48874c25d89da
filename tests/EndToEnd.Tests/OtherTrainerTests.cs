using System.Diagnostics;
using System.Globalization;

namespace Sweep.EndToEnd.Tests;

/// <summary>Programs that train, and a worker with a trainer of its own: the examples as a person runs them.</summary>
public sealed class OtherTrainerTests
{
    private const string Python = "/usr/bin/python3";

    [Fact]
    public async Task PyTorch_trains_under_asha_with_two_workers()
    {
        await SkipWithoutPyTorchAsync();
        using var run = new TemporaryRun(Example("python-torch"));
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "2", "--output", run.Folder);

        Assert.Equal(0, await coordinator.ExitAsync());

        var trials = run.Trials();
        Assert.Equal(12, trials.Count);
        Assert.All(trials, trial => Assert.Contains(trial.GetProperty("outcome").GetString(), (string[])["completed", "stopped", "overfit"]));
        Assert.Contains(trials, trial => trial.GetProperty("outcome").GetString() == "completed");
        var promoted = trials.Where(trial => trial.GetProperty("attempts").GetInt32() > 1).ToList();
        Assert.NotEmpty(promoted);
        Assert.All(promoted, trial => Assert.Equal(
            Enumerable.Range(1, trial.GetProperty("epochs_trained").GetInt32()), Column(run, trial.GetProperty("trial").GetInt32(), "epoch").Select(epoch => (int)epoch)));
        Assert.True(trials[0].GetProperty("objective").GetDouble() > 0.9);
        Assert.NotEqual("undetermined", trials[0].GetProperty("verdict").GetString());
        Assert.All(trials, trial => Assert.False(Directory.Exists(Path.Combine(run.Folder, "trials", trial.GetProperty("trial").GetRawText(), "attempts"))));
        using var verify = Programs.Coordinator("verify", run.Folder);
        Assert.True(await verify.ExitAsync() == 0, verify.Output);
    }

    [Fact]
    public async Task A_resumed_PyTorch_trial_reports_what_it_would_have_reported()
    {
        await SkipWithoutPyTorchAsync();
        var sweep = Example("python-torch").Replace("trials: 12", "trials: 4", StringComparison.Ordinal).Replace("epochs: 9", "epochs: 4", StringComparison.Ordinal);
        using var halved = new TemporaryRun(sweep.Replace("reduction_factor: 3", "reduction_factor: 2", StringComparison.Ordinal));
        using var undisturbed = new TemporaryRun(sweep.Replace("{name: asha, min_epochs: 1, reduction_factor: 3}", "{name: none}", StringComparison.Ordinal));
        foreach (var run in (TemporaryRun[])[halved, undisturbed])
        {
            using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "1", "--output", run.Folder);
            Assert.Equal(0, await coordinator.ExitAsync());
        }
        // The first trials are proposed before anything is known of any.
        var epochs = Column(halved, 1, "validation_loss");
        Assert.Equal(Column(undisturbed, 1, "validation_loss").Take(epochs.Count), epochs);
    }

    [Fact]
    public async Task A_shell_script_trains()
    {
        using var run = new TemporaryRun(Example("shell"));
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "2", "--output", run.Folder);

        Assert.Equal(0, await coordinator.ExitAsync());

        var winner = run.Trials()[0];
        Assert.Equal(1, winner.GetProperty("rank").GetInt32());
        Assert.True(winner.GetProperty("objective").GetDouble() < 1);
        Assert.Equal(winner.GetProperty("objective").GetDouble(), Column(run, winner.GetProperty("trial").GetInt32(), "height").Min());
        Assert.Contains("with height ", coordinator.Output, StringComparison.Ordinal);
    }

    /// <summary>The named pipe ends for its reader when the last process that holds it has: it needs no list of processes.</summary>
    [Fact]
    public async Task A_worker_that_is_killed_takes_its_program_and_all_its_children_with_it_and_the_trial_goes_on()
    {
        Assert.SkipUnless(File.Exists(Python), $"there is no {Python}");
        var folder = Directory.CreateTempSubdirectory("sweep-test-");
        var (pipe, script, mark) = (Path.Combine(folder.FullName, "pipe"), Path.Combine(folder.FullName, "train.py"), Path.Combine(folder.FullName, "mark"));
        await File.WriteAllTextAsync(script, $$"""
            import json, os, signal, subprocess, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            print(json.dumps({"epoch": 1, "score": 1}))
            if not os.path.exists("{{mark}}"):
                open("{{mark}}", "w").close()
                held = open("{{pipe}}", "w")
                os.set_inheritable(held.fileno(), True)
                subprocess.Popen(["sleep", "1000"], close_fds=False)
                if os.fork() == 0:
                    os.setsid()
                    while True: time.sleep(1000)
                held.write("ready\n"); held.flush()
                while True: time.sleep(1000)
            print(json.dumps({"epoch": 2, "score": 2}))
            """, TestContext.Current.CancellationToken);
        using (var make = Process.Start("mkfifo", [pipe])) await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var run = new TemporaryRun($$$"""
            name: killed
            trainer: {command: [{{{Python}}}, {{{script}}}], grace: 1s}
            training: {epochs: 2}
            objective: {metric: score, goal: maximize}
            parameters: {rate: {values: [1]}}
            search: {algorithm: grid}
            """);
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "1", "--output", run.Folder);
        using var reader = await Task.Run(() => new StreamReader(pipe)).WaitAsync(Programs.Limit);
        Assert.Equal("ready", await reader.ReadLineAsync(TestContext.Current.CancellationToken));

        RunningProgram.Signal(coordinator.Children().Single(), 9);

        Assert.Null(await reader.ReadLineAsync().WaitAsync(Programs.Limit));
        Assert.Equal(0, await coordinator.ExitAsync());
        var trial = run.Trials().Single();
        Assert.Equal(("completed", 2), (trial.GetProperty("outcome").GetString(), trial.GetProperty("attempts").GetInt32()));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_program_that_keeps_failing_fails_its_trial_with_its_last_words()
    {
        using var run = new TemporaryRun("""
            name: fails
            trainer: {command: [sh, -c, "echo no such layer >&2; exit 3"]}
            training: {epochs: 2}
            parameters: {rate: {values: [1]}}
            search: {algorithm: grid}
            retries: {max_attempts: 2}
            """);
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "1", "--output", run.Folder);

        Assert.Equal(3, await coordinator.ExitAsync());
        var trial = run.Trials().Single();
        Assert.Equal("failed", trial.GetProperty("outcome").GetString());
        Assert.Equal("sh ended with exit code 3 after 0 of 2 epochs: no such layer", trial.GetProperty("detail").GetString());
        Assert.Equal(2, File.ReadLines(Path.Combine(run.Folder, "trials", "1", "trial.log")).Count(line => line.EndsWith("no such layer", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_worker_from_elsewhere_runs_no_commands_unless_it_is_told_to()
    {
        using var run = new TemporaryRun(Example("shell").Replace("trials: 12", "trials: 1", StringComparison.Ordinal));
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "0", "--output", run.Folder);
        var listen = (await coordinator.LineAsync("gpu-worker --join")).Split(' ')[^1];
        using var worker = Programs.Worker("--join", listen);

        Assert.Equal(3, await coordinator.ExitAsync());
        Assert.Equal("this worker runs no commands; start it with --allow-commands", run.Trials().Single().GetProperty("detail").GetString());
        worker.Terminate();
        await worker.ExitAsync();
    }

    [Fact]
    public async Task A_worker_of_one_s_own_brings_its_trainer_along()
    {
        using var run = new TemporaryRun(Example("dotnet-trainer"));
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "0", "--output", run.Folder);
        var listen = (await coordinator.LineAsync("gpu-worker --join")).Split(' ')[^1];
        using var worker = Programs.ExampleWorker("--join", listen);

        Assert.True(await coordinator.ExitAsync() == 0, coordinator.Output);

        var trials = run.Trials();
        Assert.Equal(12, trials.Count);
        Assert.True(trials[0].GetProperty("objective").GetDouble() > 0.85);
        Assert.Contains(trials, trial => trial.GetProperty("attempts").GetInt32() > 1 && trial.GetProperty("epochs_trained").GetInt32() > 1);
        worker.Terminate();
        await worker.ExitAsync();
    }

    private static string Example(string name) => File.ReadAllText(Path.Combine(Programs.Repository, "examples", name, "sweep.yaml"));

    private static List<double> Column(TemporaryRun run, int trial, string name)
    {
        var lines = File.ReadLines(Path.Combine(run.Folder, "trials", $"{trial}", "epochs.csv")).Select(line => line.Split(',')).ToList();
        var column = Array.IndexOf(lines[0], name);
        return [.. lines.Skip(1).Select(line => double.Parse(line[column], CultureInfo.InvariantCulture))];
    }

    private static async Task SkipWithoutPyTorchAsync()
    {
        if (File.Exists(Python))
        {
            using var probe = new RunningProgram(Python, ["-c", "import torch"]);
            if (await probe.ExitAsync() == 0) return;
        }
        Assert.Skip($"{Python} has no PyTorch (Debian: python3-torch)");
    }
}
