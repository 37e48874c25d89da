using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Sweep.EndToEnd.Tests;

/// <summary>Several sweeps in one coordinator, with real workers.</summary>
public sealed class SharedWorkersTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sweep-test-").FullName;

    private string Runs => Path.Combine(_root, "runs");

    [Fact]
    public async Task Two_sweeps_with_weights_1_and_3_hold_workers_in_that_ratio_and_both_end()
    {
        var small = Write("small", "sharing: {weight: 1}", trials: 24);
        var large = Write("large", "sharing: {weight: 3}", trials: 60);
        using var coordinator = Programs.Coordinator(
            "--sweep", small, "--sweep", large, "--output", Runs, "--workers", "4", "--http", "127.0.0.1:0");
        var metrics = await MetricsAsync(coordinator, whenBothHoldWorkers: true);
        Assert.Equal(2, Count(metrics, "sweep_info{"));
        Assert.Equal(2, Count(metrics, "sweep_demand{"));
        Assert.Equal(0, await coordinator.ExitAsync());

        Assert.Contains("small: trial ", coordinator.Output, StringComparison.Ordinal);
        Assert.Contains("large: trial ", coordinator.Output, StringComparison.Ordinal);
        Assert.Equal([24, 60], [TrialsOf("small").Count, TrialsOf("large").Count]);
        Assert.All(TrialsOf("small").Concat(TrialsOf("large")), trial => Assert.Equal("completed", trial.GetProperty("outcome").GetString()));

        var (one, three) = WhileBothWant(HoldsOf("small"), HoldsOf("large"));
        output.WriteLine($"slot-seconds {one:0.0} and {three:0.0}: 1 to {three / one:0.00}");
        Assert.InRange(three / one, 2.7, 3.3);
        foreach (var name in (string[])["small", "large"])
        {
            using var verify = Programs.Coordinator("verify", Path.Combine(Runs, name));
            Assert.Equal(0, await verify.ExitAsync());
        }
    }

    [Fact]
    public async Task Interrupted_together_and_resumed_together_they_end_as_if_nothing_had_been()
    {
        var (a, b) = (Write("a", "", trials: 6), Write("b", "sharing: {priority: 1}", trials: 6));
        using (var interrupted = Programs.Coordinator("--sweep", a, "--sweep", b, "--output", Runs, "--workers", "2"))
        {
            await interrupted.LineAsync("b: trial ");
            interrupted.Interrupt();
            Assert.Equal(130, await interrupted.ExitAsync());
        }
        using var resumed = Programs.Coordinator("--resume", Path.Combine(Runs, "a"), "--resume", Path.Combine(Runs, "b"), "--workers", "2");
        Assert.Equal(0, await resumed.ExitAsync());
        Assert.All(TrialsOf("a").Concat(TrialsOf("b")), trial => Assert.Equal("completed", trial.GetProperty("outcome").GetString()));
        Assert.Equal([6, 6], [TrialsOf("a").Count, TrialsOf("b").Count]);
    }

    [Fact]
    public async Task A_failure_storm_in_one_leaves_the_other_running_and_the_worse_exit_code_is_the_programs()
    {
        var good = Write("good", "", trials: 4);
        var bad = Write("bad", "", trials: 40, learningRates: "min: 1.0e+25, max: 1.0e+30");
        using var coordinator = Programs.Coordinator("--sweep", good, "--sweep", bad, "--output", Runs, "--workers", "1");
        Assert.Equal(4, await coordinator.ExitAsync());
        Assert.Equal(4, TrialsOf("good").Count(trial => trial.GetProperty("outcome").GetString() == "completed"));
        Assert.Contains("bad: paused: ", coordinator.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweeps_of_one_name_and_runs_with_a_sweep_file_are_refused()
    {
        var (first, second) = (Write("same", "", trials: 1), Path.Combine(_root, "copy.yaml"));
        File.Copy(first, second);
        using var twice = Programs.Coordinator("--sweep", first, "--sweep", second, "--output", Runs);
        Assert.Equal(2, await twice.ExitAsync());
        Assert.Contains("more than one sweep is called same", twice.Output, StringComparison.Ordinal);
        using var mixed = Programs.Coordinator("--resume", "a", "--resume", "b", "--sweep", first);
        Assert.Equal(2, await mixed.ExitAsync());
        Assert.Contains("--sweep: with --resume, one run goes on with one sweep file", mixed.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Runs));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Write(string name, string more, int trials, string learningRates = "min: 0.01, max: 0.2")
    {
        var path = Path.Combine(_root, $"{name}.yaml");
        File.WriteAllText(path, $$"""
            name: {{name}}
            dataset: {name: digits, train_limit: 400, test_limit: 50}
            model: {family: resnet, blocks: [1], widths: [8]}
            training: {epochs: 2, batch_size: 32}
            parameters:
              learning_rate: {distribution: log_uniform, {{learningRates}} }
            search: {algorithm: random, trials: {{trials}} }
            {{more}}
            """);
        return path;
    }

    private List<JsonElement> TrialsOf(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Runs, name, "leaderboard.json")));
        return [.. document.RootElement.GetProperty("trials").Clone().EnumerateArray()];
    }

    private static int Count(string text, string part) => text.Split('\n').Count(line => line.StartsWith(part, StringComparison.Ordinal));

    private static async Task<string> MetricsAsync(RunningProgram coordinator, bool whenBothHoldWorkers)
    {
        var address = (await coordinator.LineAsync("metrics and health at ")).Split(' ')[^1];
        using var http = new HttpClient();
        var text = "";
        await ResumeTests.UntilAsync(() =>
        {
            text = http.GetStringAsync($"{address}/metrics").GetAwaiter().GetResult();
            return !whenBothHoldWorkers || text.Split('\n').Count(line => line.StartsWith("sweep_trials{", StringComparison.Ordinal)
                && line.Contains("state=\"running\"", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal)) == 2;
        });
        return text;
    }

    /// <summary>The times for which attempts held workers, from the events; in seconds since 1970.</summary>
    private List<(double From, double To)> HoldsOf(string name)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Runs, name, "history.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT manifest, message FROM journal ORDER BY sequence_number";
        using var rows = command.ExecuteReader();
        var (began, holds) = (new Dictionary<int, double>(), new List<(double, double)>());
        while (rows.Read())
        {
            using var document = JsonDocument.Parse((byte[])rows.GetValue(1));
            var root = document.RootElement;
            var at = root.GetProperty("at").GetDateTimeOffset().ToUnixTimeMilliseconds() / 1000.0;
            if (rows.GetString(0).StartsWith("attempt-started", StringComparison.Ordinal))
                began[root.GetProperty("attempt").GetProperty("trial").GetProperty("number").GetInt32()] = at;
            else if (rows.GetString(0).StartsWith("trial-finished", StringComparison.Ordinal) && began.Remove(root.GetProperty("trial").GetProperty("number").GetInt32(), out var from))
                holds.Add((from, at));
        }
        return holds;
    }

    /// <summary>Seconds that each held workers, from when all four were at work until the first sweep had begun its last trial.</summary>
    private static (double First, double Second) WhileBothWant(List<(double From, double To)> first, List<(double From, double To)> second)
    {
        var starts = first.Concat(second).Select(hold => hold.From).Order().ToList();
        var ends = first.Concat(second).Select(hold => hold.To).ToList();
        var from = starts.First(time => first.Concat(second).Count(hold => hold.From <= time && hold.To > time) == 4);
        var to = Math.Min(first.Max(hold => hold.From), second.Max(hold => hold.From));
        return (Within(first), Within(second));

        double Within(List<(double From, double To)> holds) => holds.Sum(hold => Math.Max(0, Math.Min(hold.To, to) - Math.Max(hold.From, from)));
    }
}
