using System.Text.Json;
using Sweep.Coordinator.Objectives;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Reports;

public sealed class ParetoLeaderboardTests
{
    private static readonly SweepFacts Sweep = Trial.Sweep with { FurtherObjectives = [new(TrialMetric.Parameters), new(TrialMetric.EpochSeconds)] };

    /// <summary>The second is better than the first and dearer, the third is both worse and dearer than the first, the fourth failed.</summary>
    private static readonly Leaderboard Board = Leaderboard.Of(
        Sweep, [Of(1, 0.90, width: 8, seconds: 2), Of(2, 0.95, width: 16, seconds: 2), Of(3, 0.89, width: 16, seconds: 2), Trial.Of(4, TrialOutcome.Failed)], ended: true);

    [Fact]
    public void Trials_rank_by_front_and_then_by_the_first_objective()
    {
        Assert.Equal([2, 1, 3, 4], Board.Rows.Select(row => row.Trial.Number));
        Assert.Equal([1, 1, 2, null], Board.Rows.Select(row => row.Front));
        Assert.Equal([1, 2, 3, null], Board.Rows.Select(row => row.Rank));
    }

    [Fact]
    public void What_was_not_measured_is_worse_than_anything()
    {
        var unmeasured = Of(5, 0.90, width: 8, seconds: 2) with { Reports = [Trial.Epoch(1, 0.9, 0.90, 0.9) with { Seconds = double.NaN }] };
        var board = Leaderboard.Of(Sweep, [Of(1, 0.90, width: 8, seconds: 2), unmeasured], ended: true);

        Assert.Equal([1, 2], board.Rows.Select(row => row.Front));
        Assert.Null(board.Rows[1].Objectives!["epoch_seconds"]);
    }

    [Fact]
    public void Every_view_shows_the_front()
    {
        Assert.Contains("On the Pareto front of validation accuracy, parameters, epoch seconds: trials 2, 1.", OnConsole(), StringComparison.Ordinal);
        Assert.Contains("| rank | front | epoch seconds |", Written(stream => LeaderboardMarkdown.Write(stream, Board)), StringComparison.Ordinal);
        Assert.StartsWith("rank,trial,front,epoch_seconds,outcome", Written(stream => LeaderboardCsv.Write(stream, Board)), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(Written(stream => LeaderboardJson.Write(stream, Board)));
        Assert.Equal(["parameters", "epoch_seconds"], json.RootElement.GetProperty("further_objectives").EnumerateArray().Select(one => one.GetProperty("metric").GetString()));
        var first = json.RootElement.GetProperty("trials")[0];
        Assert.Equal((1, 2.0), (first.GetProperty("front").GetInt32(), first.GetProperty("objectives").GetProperty("epoch_seconds").GetDouble()));
    }

    [Fact]
    public void With_one_objective_no_view_speaks_of_fronts()
    {
        var board = Leaderboard.Of(Trial.Sweep, Trial.Mixed, ended: true);

        Assert.Null(LeaderboardSentences.Front(board));
        Assert.DoesNotContain("front", Written(stream => LeaderboardJson.Write(stream, board)), StringComparison.Ordinal);
        Assert.DoesNotContain("ront", Written(stream => LeaderboardMarkdown.Write(stream, board)), StringComparison.Ordinal);
    }

    private static TrialState Of(int number, double accuracy, int width, double seconds)
    {
        var trial = Trial.Of(number, TrialOutcome.Completed, Trial.Epoch(1, 0.9, accuracy, accuracy) with { Seconds = seconds });
        return trial with { Configuration = (NetworkConfiguration)trial.Configuration with { Model = ((NetworkConfiguration)trial.Configuration).Model with { Blocks = [1], Widths = [width] } } };
    }

    private static string OnConsole()
    {
        var console = new ConsoleText(width: 200);
        ConsoleLeaderboard.Write(console.Console, Board);
        return console.Text;
    }

    private static string Written(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
