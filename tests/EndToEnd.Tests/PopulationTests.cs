using System.Globalization;
using System.Text.Json;

namespace Sweep.EndToEnd.Tests;

/// <summary>Population based training with real workers and real checkpoints.</summary>
public sealed class PopulationTests
{
    private const string Yaml = """
        name: population
        seed: 2
        dataset: {name: digits, train_limit: 400, test_limit: 100}
        model: {family: resnet, blocks: [1, 1], widths: [8, 16]}
        training: {epochs: 6, batch_size: 32, schedule: constant}
        parameters: {learning_rate: {distribution: log_uniform, min: 0.0001, max: 1.0}}
        scheduler: {name: pbt, population: 4, interval_epochs: 1}
        objective: {metric: validation_loss}
        early_stopping: {overfit: {action: flag}}
        """;

    [Fact]
    public async Task A_population_ends_with_a_schedule_of_learning_rates_and_tells_where_each_network_comes_from()
    {
        using var run = new TemporaryRun(Yaml);
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "2", "--output", run.Folder);
        Assert.Equal(0, await coordinator.ExitAsync());

        var trials = run.Trials();
        Assert.Equal(4, trials.Count);
        Assert.All(trials, trial => Assert.Equal(6, trial.GetProperty("epochs_trained").GetInt32()));
        Assert.Contains("took over another one's network", coordinator.Output, StringComparison.Ordinal);
        Assert.Contains(trials, trial => trial.GetProperty("lineage").GetArrayLength() > 1);
        foreach (var trial in trials)
        {
            // The rate that each epoch was trained with, as its worker reported it, is the one that the lineage tells.
            foreach (var segment in trial.GetProperty("lineage").EnumerateArray())
            {
                var rates = LearningRates(run, segment.GetProperty("trial").GetInt32());
                var asked = segment.GetProperty("hyperparameters").GetProperty("learning_rate").GetDouble();
                var (first, last) = (segment.GetProperty("first_epoch").GetInt32(), segment.GetProperty("last_epoch").GetInt32());
                Assert.All(rates[(first - 1)..last], rate => Assert.Equal(asked, rate, asked * 1e-6));
            }
            var number = trial.GetProperty("trial").GetInt32();
            Assert.False(Directory.Exists(Path.Combine(run.Folder, "trials", $"{number}", "attempts")));
            Assert.True(File.Exists(Path.Combine(run.Folder, "trials", $"{number}", "best.safetensors")));
        }
        Assert.Contains("network came about", File.ReadAllText(Path.Combine(run.Folder, "leaderboard.md")), StringComparison.Ordinal);
        using var verify = Programs.Coordinator("verify", run.Folder);
        Assert.Equal(0, await verify.ExitAsync());
    }

    [Fact]
    public async Task Killed_with_its_worker_and_resumed_a_population_ends_as_one_that_nothing_disturbed()
    {
        using var calm = new TemporaryRun(Yaml);
        using (var coordinator = Programs.Coordinator("--sweep", calm.SweepFile, "--workers", "1", "--output", calm.Folder))
            Assert.Equal(0, await coordinator.ExitAsync());
        using var killed = new TemporaryRun(Yaml);
        using (var coordinator = Programs.Coordinator("--sweep", killed.SweepFile, "--workers", "1", "--output", killed.Folder))
            await CalmAndKilledRun.KillAfterAsync(coordinator, killed, reports: 10);
        using (var coordinator = Programs.Coordinator("--resume", killed.Folder, "--workers", "1"))
            Assert.Equal(0, await coordinator.ExitAsync());

        Assert.Contains("goes on as trial", File.ReadAllText(Path.Combine(calm.Folder, "run.log")), StringComparison.Ordinal);
        Assert.Equal(calm.Results(), killed.Results());
        Assert.Equal(Lineages(calm), Lineages(killed));
    }

    private static List<double> LearningRates(TemporaryRun run, int trial)
    {
        var lines = File.ReadLines(Path.Combine(run.Folder, "trials", $"{trial}", "epochs.csv")).Select(line => line.Split(',')).ToList();
        var column = Array.IndexOf(lines[0], "learning_rate");
        return [.. lines.Skip(1).Select(line => double.Parse(line[column], CultureInfo.InvariantCulture))];
    }

    private static List<string> Lineages(TemporaryRun run) =>
        [.. run.Trials().Select(trial => trial.TryGetProperty("lineage", out var lineage) ? JsonSerializer.Serialize(lineage) : "")];
}
