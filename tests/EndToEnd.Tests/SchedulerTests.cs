namespace Sweep.EndToEnd.Tests;

public sealed class SchedulerTests
{
    private static string Sweep(string scheduler) => $$$"""
        name: paused
        seed: 3
        dataset: {name: digits, train_limit: 400, test_limit: 100}
        model: {family: resnet, blocks: [1, 1], widths: [8, 16]}
        training: {epochs: 4, batch_size: 32}
        parameters: {learning_rate: {values: [0.1, 0.02, 0.001, 0.0001]}}
        search: {algorithm: grid}
        scheduler: {{{scheduler}}}
        """;

    /// <summary>Halving leaves four trials after the first epoch, two after the second; which ones those are depends on nothing but the numbers.</summary>
    [Fact]
    public async Task A_promoted_trial_goes_on_from_its_checkpoint_as_if_it_had_never_paused()
    {
        using var undisturbed = await RunAsync("{name: none}");
        using var halved = await RunAsync("{name: asha, reduction_factor: 2}");

        var trials = halved.Trials();
        Assert.Contains(trials, trial => trial.GetProperty("outcome").GetString() == "completed" && trial.GetProperty("attempts").GetInt32() > 1);
        var stopped = trials.Where(trial => trial.GetProperty("outcome").GetString() == "stopped").ToList();
        Assert.NotEmpty(stopped);
        Assert.All(stopped, trial => Assert.StartsWith("place ", trial.GetProperty("detail").GetString(), StringComparison.Ordinal));
        foreach (var trial in trials)
        {
            var epochs = trial.GetProperty("epochs_trained").GetInt32();
            var number = trial.GetProperty("trial").GetInt32();
            Assert.Equal(Epochs(undisturbed, number).Take(epochs), Epochs(halved, number));
            Assert.False(Directory.Exists(Path.Combine(halved.Folder, "trials", $"{number}", "attempts")));
        }
        Assert.Contains(File.ReadLines(Path.Combine(halved.Folder, "local-1.log")), line => line.Contains("continues attempt", StringComparison.Ordinal));
        using var verify = Programs.Coordinator("verify", halved.Folder);
        Assert.Equal(0, await verify.ExitAsync());
    }

    private static async Task<TemporaryRun> RunAsync(string scheduler)
    {
        var run = new TemporaryRun(Sweep(scheduler));
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "1", "--output", run.Folder);
        Assert.Equal(0, await coordinator.ExitAsync());
        return run;
    }

    /// <summary>What each epoch measured, costs aside.</summary>
    private static List<string> Epochs(TemporaryRun run, int trial)
    {
        var lines = File.ReadLines(Path.Combine(run.Folder, "trials", $"{trial}", "epochs.csv")).Select(line => line.Split(',')).ToList();
        var measured = lines[0].Index().Where(column => column.Item.Contains("loss", StringComparison.Ordinal) || column.Item.Contains("accuracy", StringComparison.Ordinal)).ToList();
        Assert.InRange(measured.Count, 4, 6);
        return [.. lines.Skip(1).Select(line => string.Join(' ', measured.Select(column => line[column.Index])))];
    }
}
