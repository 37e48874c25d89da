using Spectre.Console;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.Reports;
using Column = Sweep.Coordinator.Reports.ConsoleColumn<Sweep.Coordinator.Reports.LeaderboardRow>;

namespace Sweep.Coordinator.Displays;

/// <summary>The best trials so far, with their verdicts and as many of their hyperparameters as fit.</summary>
internal static class LeadersPicture
{
    /// <summary>A header and a line each.</summary>
    /// <param name="isUnicode">Else the terminal shows ASCII alone.</param>
    public static IEnumerable<PictureLine> Lines(SweepGlance glance, int most, int width, bool isUnicode)
    {
        var rows = glance.Leaders.Take(most).ToList();
        if (rows.Count == 0) return [PictureLine.Of("no trial has reported yet", new Style(decoration: Decoration.Dim))];
        var running = isUnicode ? "▸" : ">";
        var objective = glance.Sweep.Objective.ToObjective();
        var trial = new Column("trial", row => row.Outcome == RowOutcome.Running ? $"{running} {row.Trial}" : row.Trial.ToString());
        var value = new Column(ConsoleLeaderboard.ObjectiveHeader(objective), row => Figures.Value(objective, row.Objective));
        var epoch = new Column("epoch", row => row.ObjectiveEpoch?.ToString() ?? Figures.Absent);
        var verdict = new Column("verdict", ConsoleLeaderboard.VerdictCell) { IsNumeric = false };
        Column[] parameters = [.. glance.Sweep.Parameters.Select(parameter => HyperparameterColumn.Of(parameter.Name))];
        var chosen = ConsoleTable.Fitting(
            [trial, value, epoch, .. parameters.Take(1), verdict, .. parameters.Skip(1)], [trial, value, epoch, verdict, .. parameters], rows, width);
        return PictureTable.Lines(chosen, rows, (row, column) => StyleOf(row, isBest: row == rows[0], isVerdict: column == verdict));
    }

    private static Style StyleOf(LeaderboardRow row, bool isBest, bool isVerdict) =>
        isVerdict && row.Verdict == VerdictKind.Overfitting ? new Style(Color.Yellow)
        : isBest ? new Style(Color.Green)
        : Style.Plain;
}
