using Sweep.Coordinator.Api;
using Sweep.Coordinator.Commands;
using Sweep.Coordinator.Tests.Api;
using Sweep.Coordinator.Tests.Reports;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Views;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Commands;

/// <summary>What commands print fits the terminal, with a line a row, and in files and pipes no line is broken.</summary>
public sealed class CommandTextTests
{
    private const int Endless = 100_000;

    /// <summary>One trial has ended and one runs, with many hyperparameters.</summary>
    private static TestSweep Wide()
    {
        var sweep = new TestSweep(Define($$"""
            name: wide
            description: {{string.Join(' ', Enumerable.Repeat("Which of them is best?", 10))}}
            dataset: {name: digits}
            model: {family: resnet, blocks: [1], widths: [4]}
            training: {epochs: 9}
            parameters:
              learning_rate: {distribution: log_uniform, min: 0.001, max: 1.0}
              weight_decay: {distribution: log_uniform, min: 0.001, max: 1.0}
              blocks: {values: [[1], [2], [3]]}
              widths: {values: [[4], [8]]}
              label_smoothing: {values: [0.0, 0.1]}
              nesterov: {values: [true, false]}
            search: {algorithm: random, trials: 9}
            """));
        var first = sweep.Assign(1)!.Value;
        for (var epoch = 1; epoch <= 9; epoch++) sweep.Record(1, first, Report(epoch, heldOut: 0.6));
        sweep.Record(2, sweep.Assign(2)!.Value, Report(1));
        return sweep;
    }

    [Theory]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(40)]
    public async Task Each_trial_has_one_line_however_narrow_the_terminal(int width)
    {
        var (sweep, page, _, _) = await DocumentsAsync();
        var console = new ConsoleText(width);
        TrialsText.Write(console.Console, sweep, page);
        Assert.Equal(page.Trials.Count + 2, console.Lines.Length);
        Assert.All(console.Lines, line => Assert.True(line.TrimEnd().Length <= width, line));
        Assert.Contains("validation", console.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_gets_every_column()
    {
        var (sweep, page, _, _) = await DocumentsAsync();
        var console = new ConsoleText(Endless);
        TrialsText.Write(console.Console, sweep, page);
        foreach (var column in (string[])["#", "trial", "outcome", "validation", "test@val", "gap", "epochs", "learning_rate", "weight_decay", "blocks", "widths", "label_smoothing", "nesterov"])
            Assert.Contains(column, console.Lines[0], StringComparison.Ordinal);
        Assert.Equal(page.Trials.Count + 2, console.Lines.Length);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(40)]
    public async Task Nothing_is_wider_than_the_terminal(int width)
    {
        var (sweep, _, workers, trial) = await DocumentsAsync();
        var console = new ConsoleText(width);
        StatusText.Write(console.Console, sweep with { Warnings = [new SweepWarning(Start, 1, string.Join(' ', Enumerable.Repeat("warning", 30)))] }, isLive: true);
        WorkersText.Write(console.Console, workers);
        TrialText.Write(console.Console, trial.Trial, trial.Epochs);
        Assert.All(console.Lines, line => Assert.True(line.TrimEnd().Length <= width, line));
    }

    [Fact]
    public async Task A_pipe_gets_each_fact_of_a_sweep_in_one_line()
    {
        var (sweep, _, _, _) = await DocumentsAsync();
        var console = new ConsoleText(Endless);
        StatusText.Write(console.Console, sweep with { Warnings = [new SweepWarning(Start, 1, string.Join(' ', Enumerable.Repeat("warning", 30)))] }, isLive: true);
        Assert.Equal("wide: running", console.Lines[0].TrimEnd());
        Assert.Equal(
            ["question", "trials", "epochs", "time", "best", "warning"],
            console.Lines.Skip(1).Select(line => line.Trim().Split(' ')[0]));
        Assert.Contains("1 of 9 finished (1 completed), 1 running, 0 waiting", console.Text, StringComparison.Ordinal);
    }

    private static async Task<(SweepDocument Sweep, TrialPage Page, WorkersDocument Workers, (TrialDocument Trial, EpochDocument[] Epochs) Trial)> DocumentsAsync()
    {
        var sweep = Wide();
        await using var served = await ServedSweep.StartAsync(sweep);
        await served.View.CaughtUpAsync();
        await using var client = await SweepClient.AtAsync(served.Server.Address, sweep: null, token: null);
        var context = LenientApiJson.Context;
        return (
            await client.GetAsync("", context.SweepDocument), await client.GetAsync("/trials", context.TrialPage), await client.GetAsync("/workers", context.WorkersDocument),
            (await client.GetAsync("/trials/1", context.TrialDocument), [.. (await client.GetAsync("/trials/1/epochs", context.EpochsDocument)).Epochs]));
    }
}
