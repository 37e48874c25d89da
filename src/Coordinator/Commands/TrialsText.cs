using Spectre.Console;
using Sweep.Coordinator.Api;
using Sweep.Coordinator.Reports;
using Column = Sweep.Coordinator.Reports.ConsoleColumn<Sweep.Coordinator.Reports.LeaderboardRow>;

namespace Sweep.Coordinator.Commands;

/// <summary>A page of trials for a terminal: of their figures and hyperparameters as many as fit.</summary>
internal static class TrialsText
{
    public static void Write(IAnsiConsole console, SweepDocument sweep, TrialPage page)
    {
        if (page.Trials.Count > 0) console.Write(ConsoleTable.Of(Columns(sweep, page.Trials, console.Profile.Width), page.Trials, ConsoleLeaderboard.StyleOf));
        console.WriteLine($"{page.Trials.Count} of {page.Matching} trials");
    }

    private static List<Column> Columns(SweepDocument sweep, IReadOnlyList<LeaderboardRow> rows, int width)
    {
        var objective = sweep.Objective.ToObjective();
        var rank = new Column("#", row => row.Rank?.ToString() ?? Figures.Absent);
        var trial = new Column("trial", row => row.Trial.ToString());
        var outcome = new Column("outcome", row => Figures.Words(row.Outcome)) { IsNumeric = false };
        var value = new Column(ConsoleLeaderboard.ObjectiveHeader(objective), row => Figures.Value(objective, row.Objective));
        var test = new Column("test@val", row => Figures.Percent(row.TestAccuracy));
        var gap = new Column("gap", row => Figures.Points(row.Gap));
        var verdict = new Column("verdict", ConsoleLeaderboard.VerdictCell) { IsNumeric = false };
        var epochs = new Column("epochs", row => $"{row.EpochsTrained}/{row.EpochsAllowed}");
        Column[] parameters = [.. sweep.Parameters.Select(parameter => HyperparameterColumn.Of(parameter.Name))];
        return ConsoleTable.Fitting(
            [trial, value, outcome, .. parameters.Take(2), verdict, epochs, rank, .. parameters.Skip(2), gap, test],
            [rank, trial, outcome, value, test, gap, verdict, epochs, .. parameters], rows, width);
    }
}
