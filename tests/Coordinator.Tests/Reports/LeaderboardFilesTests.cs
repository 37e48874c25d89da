using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Reports;

/// <summary>Files that other programs read are compared with a released form. <c>UPDATE_GOLDEN=1</c> writes the new form, to be read in the diff.</summary>
public sealed class LeaderboardFilesTests : IDisposable
{
    private readonly string _runFolder = Directory.CreateTempSubdirectory("sweep-reports-").FullName;

    public void Dispose() => Directory.Delete(_runFolder, recursive: true);

    [Theory]
    [InlineData("leaderboard.json")]
    [InlineData("leaderboard.csv")]
    [InlineData("leaderboard.md")]
    public void Each_file_has_its_released_form(string name)
    {
        LeaderboardFiles.Write(_runFolder, Leaderboard.Of(Trial.Sweep, Trial.Mixed, ended: true));
        var written = File.ReadAllText(Path.Combine(_runFolder, name), Encoding.UTF8);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(GoldenPath(name), written);
        Assert.Equal(File.ReadAllText(GoldenPath(name)), written);
    }

    [Fact]
    public void Nothing_but_time_speed_memory_worker_and_attempts_differs_between_two_runs()
    {
        var again = Trial.Mixed.Select(trial => trial with
        {
            Seconds = trial.Seconds * 2,
            Worker = new("other/7#c3"),
            AttemptNumber = trial.AttemptNumber + 1,
            Reports = [.. trial.Reports.Select(report => report with { Seconds = 9, ImagesPerSecond = 10, PeakMemoryBytes = 11 })],
        });
        Assert.Equal(WithoutVolatileColumns(Csv([.. Trial.Mixed])), WithoutVolatileColumns(Csv([.. again])));
    }

    [Fact]
    public void Where_test_images_choose_the_json_and_the_page_say_so()
    {
        var board = Leaderboard.Of(Trial.Sweep with { Objective = new Objective(ObjectiveMetric.TestAccuracy) }, Trial.Mixed, ended: true);
        LeaderboardFiles.Write(_runFolder, board);
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(_runFolder, "leaderboard.json")));
        Assert.Equal(board.Notice, json.RootElement.GetProperty("notice").GetString());
        Assert.Contains($"> {board.Notice}", File.ReadAllText(Path.Combine(_runFolder, "leaderboard.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void No_row_at_all_can_be_written()
    {
        LeaderboardFiles.Write(_runFolder, Leaderboard.Of(Trial.Sweep, [], ended: false));
        Assert.Single(File.ReadLines(Path.Combine(_runFolder, "leaderboard.csv")));
        Assert.Contains("No trial has a result yet.", File.ReadAllText(Path.Combine(_runFolder, "leaderboard.md")), StringComparison.Ordinal);
    }

    private static string Csv(IReadOnlyList<TrialState> trials)
    {
        using var stream = new MemoryStream();
        LeaderboardCsv.Write(stream, Leaderboard.Of(Trial.Sweep, trials, ended: true));
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static IEnumerable<string> WithoutVolatileColumns(string csv)
    {
        var lines = csv.TrimEnd('\n').Split('\n').Select(CellsOf).ToList();
        var kept = Enumerable.Range(0, lines[0].Count).Where(index => lines[0][index] is not ("images_per_second" or "seconds" or "peak_memory_bytes" or "worker" or "attempts")).ToList();
        Assert.Equal(lines[0].Count - 5, kept.Count);
        return lines.Select(line => string.Join(',', kept.Select(index => line[index])));
    }

    private static List<string> CellsOf(string line)
    {
        var quoted = false;
        var cells = new List<string> { "" };
        foreach (var character in line)
        {
            if (character == '"') quoted = !quoted;
            if (character == ',' && !quoted) cells.Add("");
            else cells[^1] += character;
        }
        return cells;
    }

    private static string GoldenPath(string name, [CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "Golden", name);
}
