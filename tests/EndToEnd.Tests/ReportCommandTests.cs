using System.Text.Json;

namespace Sweep.EndToEnd.Tests;

/// <summary>The commands that read a run, on one that goes on and on one that has ended.</summary>
public sealed class ReportCommandTests
{
    private const string Sweep = """
        name: reported
        description: Which rate?
        seed: 3
        dataset: {name: digits, train_limit: 300, test_limit: 100}
        model: {family: resnet, blocks: [1], widths: [8]}
        training: {epochs: EPOCHS, batch_size: 32}
        parameters: {learning_rate: {values: [0.02, 0.1]}}
        search: {algorithm: grid}
        early_stopping: {overfit: {action: flag}}
        """;

    private static readonly string[] Formats = ["csv", "json", "parquet", "tensorboard", "mlflow"];

    [Fact]
    public async Task A_finished_run_has_its_report_and_can_be_reported_compared_and_exported()
    {
        using var run = new TemporaryRun(Sweep.Replace("EPOCHS", "2", StringComparison.Ordinal));
        var logs = Path.Combine(Path.GetDirectoryName(run.SweepFile)!, "board");
        using (var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "1", "--output", run.Folder, "--tensorboard", logs))
            Assert.Equal(0, await coordinator.ExitAsync());
        var written = File.ReadAllText(In(run, "report.html"));
        Assert.Contains("Which rate?", written, StringComparison.Ordinal);
        Assert.Contains("coordinator --sweep sweep.yaml --workers 1", written, StringComparison.Ordinal);
        Assert.Contains("CPU, ", written, StringComparison.Ordinal);
        Assert.Equal(3, Directory.GetFiles(logs, "events.out.tfevents.*", SearchOption.AllDirectories).Length);

        File.Delete(In(run, "report.html"));
        Assert.Contains("report.html", await RunAsync("report", run.Folder), StringComparison.Ordinal);
        Assert.Equal(written, File.ReadAllText(In(run, "report.html")));
        Assert.Contains("## Sweep reported", await RunAsync("report", run.Folder, "--markdown"), StringComparison.Ordinal);
        await EverythingIsExportedAsync(run);

        using var copy = new TemporaryRun(run);
        using var comparison = JsonDocument.Parse(await RunAsync("compare", run.Folder, copy.Folder, "--json", "--html", In(run, "compare.html")));
        Assert.True(comparison.RootElement.GetProperty("runs")[1].GetProperty("cannot_be_told_from_first").GetBoolean());
        Assert.True(File.Exists(In(run, "compare.html")));
        Assert.Contains("≈", await RunAsync("compare", run.Folder, copy.Folder), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_goes_on_can_be_reported_compared_and_exported()
    {
        using var run = new TemporaryRun(Sweep.Replace("EPOCHS", "500", StringComparison.Ordinal));
        using var other = new TemporaryRun(Sweep.Replace("EPOCHS", "1", StringComparison.Ordinal));
        using (var before = Programs.Coordinator("--sweep", other.SweepFile, "--workers", "1", "--output", other.Folder)) Assert.Equal(0, await before.ExitAsync());
        using var coordinator = Programs.Coordinator("--sweep", run.SweepFile, "--workers", "1", "--output", run.Folder, "--log-json");
        await coordinator.LineAsync("{@Report}");
        Assert.Contains("report.html", await RunAsync("report", run.Folder, "--output", In(run, "elsewhere")), StringComparison.Ordinal);
        Assert.Contains("had not ended", File.ReadAllText(In(run, "elsewhere/report.html")), StringComparison.Ordinal);
        await EverythingIsExportedAsync(run);
        using var comparison = JsonDocument.Parse(await RunAsync("compare", run.Folder, other.Folder, "--json"));
        Assert.False(comparison.RootElement.GetProperty("runs")[0].GetProperty("ended").GetBoolean());
        Assert.False(coordinator.HasExited);
    }

    [Theory]
    [InlineData("report")]
    [InlineData("export", "--format", "csv")]
    public async Task What_is_no_run_is_refused(string command, params string[] more)
    {
        using var program = Programs.Coordinator([command, "/nowhere", .. more]);
        Assert.Equal(2, await program.ExitAsync());
        Assert.Contains("there is no such folder", program.Output, StringComparison.Ordinal);
    }

    private static async Task EverythingIsExportedAsync(TemporaryRun run)
    {
        foreach (var format in Formats)
        {
            var written = (await RunAsync("export", run.Folder, "--format", format)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.All(written, path => Assert.True(File.Exists(path) || Directory.Exists(path), path));
        }
        using var epochs = JsonDocument.Parse(File.ReadAllText(In(run, "export/epochs.json")));
        Assert.True(epochs.RootElement.GetArrayLength() > 0);
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        using var program = Programs.Coordinator(arguments);
        Assert.True(await program.ExitAsync() == 0, program.Output);
        return program.Output;
    }

    private static string In(TemporaryRun run, string name) => Path.Combine(run.Folder, name);
}
