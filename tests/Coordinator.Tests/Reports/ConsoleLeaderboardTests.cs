using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Reports;

public sealed class ConsoleLeaderboardTests
{
    private static readonly Leaderboard Board = Leaderboard.Of(Trial.Sweep, [.. Trial.Mixed, Trial.Overfitting(7)], ended: true);

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(120)]
    public void Plain_text_fits_the_width_and_has_no_escape_sequence(int width)
    {
        var console = Written(Board, width);
        Assert.All(console.Lines, line => Assert.True(line.Length <= width, line));
        Assert.DoesNotContain('\e', console.Text);
    }

    [Fact]
    public void Eighty_columns_show_what_matters_most()
    {
        var lines = Written(Board, 80).Lines;
        Assert.Equal("#  trial  outcome    validation     best test  test@val    gap  verdict", lines[0].TrimEnd());
        Assert.Equal("1      3  completed     92.00 %   91.00 % (3)   90.00 %  -1.00  healthy", lines[1].TrimEnd());
        Assert.Equal("4      7  overfit       68.42 %  67.68 % (15)   67.68 %  17.78  overfits (16)", lines[4].TrimEnd());
        Assert.Contains("    2  learning_rate=0.1 blocks=[2,2] augmentation=false", lines.Select(line => line.TrimEnd()));
    }

    [Fact]
    public void A_wide_console_shows_every_column_on_one_line()
    {
        var header = Written(Board, 300).Lines[0];
        Assert.All(["train", "epochs", "params", "img/s", "time", "memory", "hyperparameters"], name => Assert.Contains(name, header, StringComparison.Ordinal));
    }

    [Fact]
    public void The_winner_is_told_in_a_sentence() => Assert.Contains(
        "Trial 3 won with validation accuracy 92.00 % in epoch 4; there its test accuracy is 90.00 % (best of all epochs: 91.00 % (3)). "
        + "Hyperparameters: learning_rate=0.03 blocks=[2, 2] augmentation=true crop_padding=2.",
        Written(Board, 500).Lines);

    [Fact]
    public void Where_test_images_choose_the_notice_is_printed()
    {
        var board = Leaderboard.Of(Trial.Sweep with { Objective = new Objective(ObjectiveMetric.TestAccuracy) }, Trial.Mixed, ended: true);
        Assert.Contains(board.Notice, Written(board, 500).Lines);
    }

    [Fact]
    public void Failures_say_why() => Assert.Contains("Trial 5 failed: the data set is missing | broken", Written(Board, 80).Lines);

    [Fact]
    public void Rows_beyond_the_limit_are_counted() => Assert.Contains("… and 5 more in leaderboard.csv", Written(Board, 80, mostRows: 2).Lines);

    [Fact]
    public void An_empty_sweep_is_no_error() => Assert.Contains("No trial has a result.", Written(Leaderboard.Of(Trial.Sweep, [], ended: true), 80).Lines);

    [Fact]
    public void Text_that_looks_like_markup_is_printed_as_it_is() => Assert.Contains(
        "Trial 1 failed: [red]oops[/] [",
        Written(Leaderboard.Of(Trial.Sweep, [Trial.Of(1, TrialOutcome.Failed) with { Detail = "[red]oops[/] [" }], ended: true), 80).Lines);

    private static ConsoleText Written(Leaderboard board, int width, int mostRows = 20)
    {
        var console = new ConsoleText(width);
        ConsoleLeaderboard.Write(console.Console, board, mostRows);
        return console;
    }
}
