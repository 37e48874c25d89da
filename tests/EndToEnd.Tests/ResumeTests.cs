using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Sweep.EndToEnd.Tests;

/// <summary>Workers end in the middle of a trial, and the trial goes on as if they had not.</summary>
public sealed partial class ResumeTests
{
    private const string Sweep = """
        name: resumed
        seed: 5
        dataset: {name: digits, train_limit: 900, test_limit: 200}
        model: {family: resnet, blocks: [2, 2], widths: [16, 32]}
        training: {epochs: 6, batch_size: 32}
        augmentation: {crop_padding: 1, horizontal_flip: false, rotation_degrees: 10}
        parameters: {learning_rate: {values: [0.05]}}
        search: {algorithm: grid}
        retries: {max_attempts: 10}
        """;

    [Fact]
    public async Task Workers_killed_at_any_moment_leave_no_trace_in_what_a_trial_measures()
    {
        using var calm = new TemporaryRun(Sweep);
        using (var coordinator = Programs.Coordinator("--sweep", calm.SweepFile, "--workers", "1", "--output", calm.Folder))
            Assert.Equal(0, await coordinator.ExitAsync());

        using var stormy = new TemporaryRun(Sweep);
        var kills = await RunWithKillsAsync(stormy, kills: 3, seed: 1);

        Assert.Equal(3, kills);
        Assert.Equal(WithoutCosts(calm), WithoutCosts(stormy));
        Assert.Equal("completed", stormy.Trials().Single().GetProperty("outcome").GetString());
        Assert.Empty(Directory.EnumerateFiles(stormy.Folder, "*.ckpt*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_worker_that_is_told_to_end_hands_over_what_it_has_trained()
    {
        using var run = new TemporaryRun(Sweep);
        var address = $"127.0.0.1:{WorkersFromElsewhereTests.FreePort()}";
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "0", "--listen", address, "--output", run.Folder);
        using var first = Programs.Worker("--join", address, "--threads", "1");
        await UntilAsync(() => Count(run, "reported") >= 1);
        first.Terminate();
        Assert.Equal(0, await first.ExitAsync());

        using var second = Programs.Worker("--join", address, "--threads", "1");
        var continued = await second.LineAsync("continues attempt");
        Assert.Equal(0, await coordinator.ExitAsync());

        var (epochs, batches) = Continuation().Match(continued) is { Success: true } match
            ? (int.Parse(match.Groups["epochs"].Value), int.Parse(match.Groups["batches"].Value))
            : throw new InvalidOperationException(continued);
        Assert.InRange(epochs, 1, 5);
        Assert.True(epochs > 1 || batches > 0, continued);
        Assert.Equal(6, Count(run, "reported"));
        Assert.Equal(6, run.Trials().Single().GetProperty("epochs_trained").GetInt32());
    }

    /// <summary>
    /// Kills the worker again and again, each time at a random moment after the trial has come an epoch further; how often, before
    /// the trial was done.
    /// </summary>
    private static async Task<int> RunWithKillsAsync(TemporaryRun run, int kills, int seed)
    {
        const int LongestWait = 20;
        var random = new Random(seed);
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "1", "--output", run.Folder);
        for (var killed = 0; killed < kills; killed++)
        {
            var ticks = random.Next(LongestWait);
            await UntilAsync(() => coordinator.HasExited || Count(run, "started on") > killed && Count(run, "reported") >= killed && ticks-- <= 0);
            if (coordinator.HasExited || Count(run, "Sweep ended") > 0) return killed;
            foreach (var worker in coordinator.Children()) Kill(worker);
        }
        Assert.Equal(0, await coordinator.ExitAsync());
        return kills;
    }

    private static void Kill(int worker)
    {
        try
        {
            Process.GetProcessById(worker).Kill();
        }
        catch (ArgumentException)
        {
            // It has ended by itself in between.
        }
    }

    internal static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Programs.Limit);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!condition()) await poll.WaitForNextTickAsync(limit.Token);
    }

    /// <summary>Lines of the run's log that have <paramref name="text"/> in them.</summary>
    internal static int Count(TemporaryRun run, string text)
    {
        var file = Path.Combine(run.Folder, "run.log");
        if (!File.Exists(file)) return 0;
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n').Count(line => line.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>The epochs without the three last columns: times and memory.</summary>
    private static string[] WithoutCosts(TemporaryRun run)
    {
        var lines = File.ReadAllLines(Path.Combine(run.Folder, "trials", "1", "epochs.csv"));
        Assert.EndsWith(",seconds,images_per_second,peak_memory_bytes", lines[0], StringComparison.Ordinal);
        return [.. lines.Select(line => string.Join(',', line.Split(',')[..^3]))];
    }

    [GeneratedRegex("after (?<epochs>[0-9]+) epochs and (?<batches>[0-9]+) batches")]
    private static partial Regex Continuation();
}
