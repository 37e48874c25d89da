namespace Sweep.EndToEnd.Tests;

public sealed class EndingTests
{
    private const string LongSweep = """
        name: long
        dataset: {name: digits}
        model: {family: resnet, blocks: [1, 1], widths: [8, 16]}
        training: {epochs: 2, batch_size: 32}
        augmentation: {crop_padding: 1, horizontal_flip: false}
        parameters: {learning_rate: {distribution: log_uniform, min: 0.01, max: 0.2}}
        search: {algorithm: random, trials: 500}
        """;

    [Fact]
    public async Task Ctrl_C_reports_what_is_finished_and_leaves_no_worker()
    {
        using var run = new TemporaryRun(LongSweep);
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "2", "--output", run.Folder);
        await coordinator.LineAsync("trial 1 finished");
        var workers = coordinator.Children();
        coordinator.Interrupt();

        Assert.Equal(130, await coordinator.ExitAsync());

        Assert.Equal(2, workers.Count);
        Assert.DoesNotContain(workers, RunningProgram.IsAlive);
        var trials = run.Trials();
        Assert.Contains(trials, trial => trial.GetProperty("outcome").GetString() == "completed");
        Assert.All(trials, trial => Assert.Contains(trial.GetProperty("outcome").GetString(), (string[])["completed", "cancelled"]));
    }

    [Fact]
    public async Task Workers_end_with_a_coordinator_that_was_killed()
    {
        using var run = new TemporaryRun(LongSweep);
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "2", "--output", run.Folder);
        await coordinator.LineAsync("trial 1 finished");
        var workers = coordinator.Children();
        coordinator.Kill();
        await coordinator.ExitAsync();

        Assert.Equal(2, workers.Count);
        foreach (var worker in workers) await EndOfAsync(worker);
    }

    [Fact]
    public async Task A_killed_worker_is_replaced_and_its_trial_goes_on()
    {
        using var run = new TemporaryRun(LongSweep.Replace("trials: 500", "trials: 6", StringComparison.Ordinal));
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "1", "--output", run.Folder);
        await coordinator.LineAsync("trial 1 finished");
        System.Diagnostics.Process.GetProcessById(coordinator.Children().Single()).Kill();

        Assert.Equal(0, await coordinator.ExitAsync());

        var trials = run.Trials();
        Assert.Equal(6, trials.Count);
        Assert.All(trials, trial => Assert.Equal("completed", trial.GetProperty("outcome").GetString()));
    }

    /// <summary>Asks the kernel, which does not tell a process of the end of one that is not its child.</summary>
    private static async Task EndOfAsync(int process)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (RunningProgram.IsAlive(process)) await poll.WaitForNextTickAsync(limit.Token);
    }
}
