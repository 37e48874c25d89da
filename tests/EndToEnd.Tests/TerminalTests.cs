using Sweep.Coordinator.Tests.Displays;

namespace Sweep.EndToEnd.Tests;

/// <summary>Programs on a terminal of 24 lines and 80 columns, which <c>script</c> of util-linux makes; what they wrote to it is played back.</summary>
public sealed class TerminalTests : IDisposable
{
    private const int Width = 80, Height = 24;

    private const string Sweep = """
        name: shown
        dataset: {name: digits, train_limit: 300, test_limit: 100}
        model: {family: resnet, blocks: [1], widths: [4]}
        training: {epochs: 5, batch_size: 32}
        parameters: {learning_rate: {values: [0.05, 0.1, 0.02]}}
        search: {algorithm: grid}
        """;

    private readonly TemporaryRun _run = new(Sweep);

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_sweep_is_drawn_while_it_runs_and_leaves_its_lines_and_the_leaderboard()
    {
        var (code, written) = await OnTerminalAsync($"--sweep {_run.SweepFile} --workers 1 --no-dashboard --output {_run.Folder}");
        Assert.Equal(0, code);
        Assert.Contains("no trial has reported yet", written, StringComparison.Ordinal);
        Assert.Contains("about ", written, StringComparison.Ordinal);
        var screen = Played(written);
        Assert.DoesNotContain(screen.Rows, row => row.Contains('━', StringComparison.Ordinal) || row.Contains('─', StringComparison.Ordinal));
        Assert.Equal(
            ["worker local-1 joined", "trial 1 finished", "trial 2 finished", "trial 3 finished", "#  trial"],
            screen.Rows.Take(5).Zip([21, 16, 16, 16, 8], (row, length) => row[..length]));
        Assert.StartsWith("Everything is in ", screen.Rows[^1], StringComparison.Ordinal);
        Assert.True(screen.ShowsCursor);

        var (_, shown) = await OnTerminalAsync($"trials {_run.Folder}");
        Assert.Equal(5, Played(shown).Rows.Length);
    }

    /// <summary>The exit code, and all that was written to the terminal.</summary>
    private async Task<(int Code, string Written)> OnTerminalAsync(string arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "there is no script of util-linux");
        var record = Path.Combine(Path.GetDirectoryName(_run.SweepFile)!, "typescript");
        using var script = new RunningProgram(
            "script", ["-qefc", $"stty rows {Height} cols {Width}; exec {Programs.CoordinatorFile} {arguments}", record], new Dictionary<string, string> { ["TERM"] = "xterm-256color", ["SHELL"] = "/bin/sh" });
        var code = await script.ExitAsync();
        return (code, await File.ReadAllTextAsync(record, TestContext.Current.CancellationToken));
    }

    /// <summary>Without the first line and the last one, which <c>script</c> adds.</summary>
    private static Screen Played(string written)
    {
        var screen = new Screen(Width, Height);
        screen.Write(written[(written.IndexOf('\n', StringComparison.Ordinal) + 1)..written.LastIndexOf("\nScript done", StringComparison.Ordinal)]);
        return screen;
    }
}
