using System.Diagnostics;

namespace Sweep.EndToEnd.Tests;

/// <summary>Trials that a Python program asks for over HTTP.</summary>
public sealed class AskTellTests
{
    [Fact]
    public async Task Two_programs_that_ask_for_trials_share_a_sweep()
    {
        var example = Path.Combine(Programs.Repository, "examples", "ask-tell");
        using var run = new TemporaryRun(File.ReadAllText(Path.Combine(example, "sweep.yaml")));
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--output", run.Folder);
        var address = (await coordinator.LineAsync("dashboard at ")).Split(' ')[^1];
        await coordinator.LineAsync("waiting for trials to be asked for");
        Assert.Empty(coordinator.Children());
        var programs = Enumerable.Range(0, 2).Select(_ => Process.Start("python3", [Path.Combine(example, "tune.py"), address, "ask-tell"])).ToList();
        Assert.Equal(0, await coordinator.ExitAsync());
        foreach (var program in programs) await program.WaitForExitAsync();

        var trials = run.Trials();
        Assert.Equal(8, trials.Count(trial => trial.GetProperty("outcome").GetString() == "completed" && trial.GetProperty("epochs_trained").GetInt32() == 5));
        var best = trials[0].GetProperty("hyperparameters");
        var (x, y) = (best.GetProperty("x").GetDouble() - 1, best.GetProperty("y").GetDouble() - 2);
        Assert.Equal(x * x + y * y + 0.2, trials[0].GetProperty("objective").GetDouble(), 1e-6);
        using var verify = Programs.Coordinator("verify", run.Folder);
        Assert.Equal(0, await verify.ExitAsync());
    }
}
