using System.Runtime.CompilerServices;
using Sweep.Coordinator.Reports;

namespace Sweep.Coordinator.Tests.Reports;

public sealed class ReplicateLeaderboardTests : IDisposable
{
    private static readonly Leaderboard Board = Leaderboard.Of(Trial.Sweep, [.. Trial.Repeated.Reverse()], ended: true);

    private readonly string _runFolder = Directory.CreateTempSubdirectory("sweep-reports-").FullName;

    public void Dispose() => Directory.Delete(_runFolder, recursive: true);

    [Fact]
    public void Configurations_are_ranked_by_their_means_and_their_trials_with_them()
    {
        Assert.Equal([2, 1, 4, 3, 5], Board.Configurations.Select(row => row.Configuration));
        Assert.Equal([1, 2, 3, 4, null], Board.Configurations.Select(row => row.Rank));
        Assert.Equal([4, 5, 6, 1, 2, 3, 10, 11, 7, 8, 9, 12, 13, 14, 15], Board.Rows.Select(row => row.Trial.Number));
        Assert.Equal([1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4, null, null, null, null], Board.Rows.Select(row => row.Rank));
        Assert.Equal((2, 3), (Board.Rows[2].Configuration, Board.Rows[2].Replicate));
    }

    /// <summary>Differences of −2, −2 and 1 points: t = −1 with two degrees of freedom, p = 1 − 1 / √3.</summary>
    [Fact]
    public void Rows_that_cannot_be_told_from_the_first_are_marked()
    {
        Assert.Equal([false, true, false, false, false], Board.Configurations.Select(row => row.CannotBeToldFromFirst));
        Assert.Equal(["–", "≈ p=0.423", "no test", "p<0.001", "–"], Board.Configurations.Select(ConfigurationSentences.VersusFirst));
        Assert.Equal(["3", "3", "2/3", "3", "0/3"], Board.Configurations.Select(ConfigurationSentences.Results));
    }

    [Fact]
    public void Test_accuracy_is_that_of_the_chosen_epochs() =>
        Assert.Equal(0.93333333333333333 - 0.01, Board.WinningConfiguration!.TestAccuracy.Mean!.Value, precision: 12);

    [Fact]
    public void Without_replicates_there_are_no_configurations_to_show()
    {
        LeaderboardFiles.Write(_runFolder, Leaderboard.Of(Trial.Sweep, Trial.Mixed, ended: true));
        Assert.False(File.Exists(Path.Combine(_runFolder, "configurations.csv")));
    }

    [Theory]
    [InlineData("configurations.csv")]
    [InlineData("leaderboard.json")]
    [InlineData("leaderboard.csv")]
    [InlineData("leaderboard.md")]
    public void Each_file_has_its_released_form(string name)
    {
        LeaderboardFiles.Write(_runFolder, Board);
        var written = File.ReadAllText(Path.Combine(_runFolder, name));
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1") File.WriteAllText(GoldenPath(name), written);
        Assert.Equal(File.ReadAllText(GoldenPath(name)), written);
    }

    [Fact]
    public void The_winner_and_its_rivals_are_told_in_a_sentence() => Assert.Equal(
        "Configuration 2 won with mean validation accuracy 93.33 % ± 1.53 over 3 seeds; test accuracy in the epochs that validation chose: 92.33 % ± 1.53. "
        + "Hyperparameters: learning_rate=0.02. Configuration 1 cannot be told from it.",
        LeaderboardSentences.Winner(Board));

    [Fact]
    public void A_console_shows_a_configuration_a_row()
    {
        var lines = Written(80).Lines.Select(line => line.TrimEnd()).ToArray();
        Assert.Equal("#  config  seeds      validation        test@val  vs. first  params", lines[0]);
        Assert.Equal("1       2      3  93.33 % ± 1.53  92.33 % ± 1.53          –    19 k", lines[1]);
        Assert.Equal("2       1      3  92.33 % ± 3.21  91.33 % ± 3.21  ≈ p=0.423    19 k", lines[2]);
        Assert.Contains("digits-demo, 5 configurations in 15 trials: 11 completed, 1 diverged, 3 failed.", lines);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(120)]
    public void A_console_of_any_width_holds_it(int width) => Assert.All(Written(width).Lines, line => Assert.True(line.Length <= width, line));

    [Fact]
    public void Configurations_beyond_the_limit_are_counted() => Assert.Contains("… and 3 more in configurations.csv", Written(80, mostRows: 2).Lines);

    private static ConsoleText Written(int width, int mostRows = 20)
    {
        var console = new ConsoleText(width);
        ConsoleLeaderboard.Write(console.Console, Board, mostRows);
        return console;
    }

    private static string GoldenPath(string name, [CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "Golden", "Replicates", name);
}
