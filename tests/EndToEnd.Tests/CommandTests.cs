using System.Text.Json;

namespace Sweep.EndToEnd.Tests;

/// <summary>Each command about a run, on one that goes on and on one that has ended.</summary>
public sealed class CommandTests
{
    private const string Sweep = """
        name: commanded
        description: Do commands work?
        dataset: {name: digits, train_limit: 300, test_limit: 100}
        model: {family: resnet, blocks: [1], widths: [4]}
        training: {epochs: 400, batch_size: 32}
        parameters: {learning_rate: {distribution: log_uniform, min: 0.01, max: 0.1}}
        search: {algorithm: random, trials: 3}
        limits: {max_duration: 1h}
        """;

    [Fact]
    public async Task Commands_tell_of_a_sweep_that_runs_and_change_it()
    {
        using var run = new TemporaryRun(Sweep);
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "1", "--output", run.Folder);
        await coordinator.LineAsync("dashboard at http://127.0.0.1:");
        await ResumeTests.UntilAsync(() => ResumeTests.Count(run, "reported") >= 1);

        var status = await JsonAsync("status", run.Folder, "--json");
        Assert.Equal(("running", 1), (status.GetProperty("activity").GetString(), status.GetProperty("trials").GetProperty("running").GetInt32()));
        Assert.Equal("Do commands work?", status.GetProperty("question").GetString());
        Assert.Equal(1, (await JsonAsync("workers", run.Folder, "--json")).GetProperty("workers")[0].GetProperty("trial").GetInt32());
        Assert.Equal("running", (await JsonAsync("trials", run.Folder, "--filter", "outcome=running", "--json")).GetProperty("trials")[0].GetProperty("outcome").GetString());
        Assert.True((await JsonAsync("show", "1", "--run", run.Folder, "--json")).GetProperty("epochs").GetArrayLength() >= 1);

        Assert.Equal([2], (await JsonAsync("enqueue", "learning_rate=0.05", "--run", run.Folder, "--json")).GetProperty("trials").EnumerateArray().Select(trial => trial.GetInt32()));
        Assert.Equal(6, (await RunAsync("enqueue", "learning_rate=5", "--run", run.Folder)).Code);
        Assert.Equal(6, (await RunAsync("enqueue", "learning_rat=0.05", "--run", run.Folder)).Code);
        await JsonAsync("stop", run.Folder, "--trial", "1", "--json");
        await ResumeTests.UntilAsync(() => ResumeTests.Count(run, "started on") >= 2);
        Assert.Equal(0.05, (await JsonAsync("show", "2", "--run", run.Folder, "--json")).GetProperty("trial").GetProperty("trial").GetProperty("hyperparameters").GetProperty("learning_rate").GetDouble());
        Assert.Contains("has ended already", (await RunAsync("stop", run.Folder, "--trial", "1")).Output);

        await JsonAsync("pause", run.Folder, "--json");
        Assert.Equal("paused", (await JsonAsync("status", run.Folder, "--json")).GetProperty("activity").GetString());
        Assert.Equal(0, (await JsonAsync("status", run.Folder, "--json")).GetProperty("trials").GetProperty("running").GetInt32());
        await JsonAsync("resume", run.Folder, "--json");
        await JsonAsync("extend", run.Folder, "--trials", "5", "--max-duration", "3h", "--json");
        var extended = await JsonAsync("status", run.Folder, "--json");
        Assert.Equal((5, 10_800.0), (extended.GetProperty("search").GetProperty("trials").GetInt32(), extended.GetProperty("limits").GetProperty("max_duration_seconds").GetDouble()));
        Assert.Equal(6, (await RunAsync("extend", run.Folder, "--trials", "4")).Code);

        await JsonAsync("stop", run.Folder, "--json");
        Assert.Equal(130, await coordinator.ExitAsync());
        Assert.False(File.Exists(Path.Combine(run.Folder, "api.json")));
        using var verify = Programs.Coordinator("verify", run.Folder);
        Assert.Equal(0, await verify.ExitAsync());
    }

    [Fact]
    public async Task Commands_tell_of_a_sweep_that_has_ended_and_cannot_change_it()
    {
        using var run = new TemporaryRun(Sweep.Replace("epochs: 400", "epochs: 2", StringComparison.Ordinal));
        using (var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "1", "--output", run.Folder)) Assert.Equal(0, await coordinator.ExitAsync());

        var status = await JsonAsync("status", run.Folder, "--json");
        Assert.Equal(("ended", "all_trials_ended", 3), (status.GetProperty("activity").GetString(), status.GetProperty("ending").GetString(), status.GetProperty("trials").GetProperty("completed").GetInt32()));
        Assert.Equal([1, 2, 3], (await JsonAsync("trials", run.Folder, "--json")).GetProperty("trials").EnumerateArray().Select(row => row.GetProperty("rank").GetInt32()));
        var trial = await JsonAsync("show", "2", "--run", run.Folder, "--json");
        Assert.Equal(2, trial.GetProperty("epochs").GetArrayLength());
        Assert.Equal("completed", trial.GetProperty("trial").GetProperty("attempts")[0].GetProperty("ending").GetString());
        Assert.Equal(0, (await JsonAsync("workers", run.Folder, "--json")).GetProperty("workers").GetArrayLength());
        Assert.Equal("ended", (await JsonAsync("watch", run.Folder, "--json")).GetProperty("activity").GetString());
        foreach (var command in (string[])["status", "trials", "watch", "workers"]) Assert.Equal(0, (await RunAsync(command, run.Folder)).Code);
        foreach (var command in (string[])["stop", "pause", "resume"]) Assert.Equal((6, true), await RunAsync(command, run.Folder) is var (code, output) ? (code, output.Contains("--resume", StringComparison.Ordinal)) : default);
        Assert.Equal(6, (await RunAsync("extend", run.Folder, "--trials", "9")).Code);
        Assert.Equal(2, (await RunAsync("status", "nowhere")).Code);
        Assert.Equal(6, (await RunAsync("show", "99", "--run", run.Folder)).Code);

        Assert.Equal(0, (await JsonAsync("validate", run.SweepFile, "--json")).GetArrayLength());
        Assert.Equal("commanded", (await JsonAsync("plan", run.SweepFile, "--json")).GetProperty("name").GetString());
        File.WriteAllText(run.SweepFile, "name: commanded\nmodl: {}\n");
        Assert.Equal(2, (await RunAsync("validate", run.SweepFile)).Code);
    }

    private static async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var (code, output) = await RunAsync(arguments);
        Assert.True(code == 0, $"{string.Join(' ', arguments)} ended with {code}: {output}");
        return JsonSerializer.Deserialize<JsonElement>(output);
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var program = Programs.Coordinator(arguments);
        return (await program.ExitAsync(), program.Output);
    }
}
