using Spectre.Console;
using Sweep.Coordinator.Objectives;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;
using Column = Sweep.Coordinator.Reports.ConsoleColumn<Sweep.Coordinator.Reports.LeaderboardRow>;

namespace Sweep.Coordinator.Reports;

/// <summary>The leaderboard on a console: as many columns as its width holds, the best row highlighted, the winner in a sentence.</summary>
public static class ConsoleLeaderboard
{
    private const int MostDetails = 5;

    private const string HowToRead =
        "(n) is an epoch. test@val: test accuracy in the epoch that validation chose. gap: training above held-out accuracy there, in points.";

    /// <param name="mostRows">Further rows are counted, and left to the files.</param>
    public static void Write(IAnsiConsole console, Leaderboard board, int mostRows = 20)
    {
        if (board.Configurations.IsEmpty) WriteTrials(console, board, mostRows);
        else ConsoleConfigurations.Write(console, board, mostRows);
        foreach (var row in board.Rows.Where(HasFailed).Take(MostDetails))
            console.MarkupLineInterpolated($"[red]Trial {row.Trial} {Figures.Words(row.Outcome)}:[/] {row.Detail!.ReplaceLineEndings(" ")}");
        console.WriteLine();
        if (board.Rows.Length > 0) console.MarkupLineInterpolated($"[dim]{(board.Configurations.IsEmpty ? HowToRead : ConsoleConfigurations.HowToRead)}[/]");
        console.WriteLine($"{board.Sweep.Name}, {LeaderboardSentences.Counts(board)}.");
        if (LeaderboardSentences.Scheduler(board) is { } scheduler) console.WriteLine($"{scheduler}.");
        console.MarkupLineInterpolated($"[bold]{LeaderboardSentences.Winner(board)}[/]");
        if (board.Mattered is { } mattered) console.WriteLine(MatteredSentences.InOneLine(mattered));
        if (LeaderboardSentences.Front(board) is { } front) console.WriteLine(front);
        if (board.Notice is { } notice) console.MarkupLineInterpolated($"[yellow]{notice}[/]");
    }

    private static bool HasFailed(LeaderboardRow row) => row.Detail is not null && row.Outcome is RowOutcome.Failed or RowOutcome.OutOfMemory;

    private static void WriteTrials(IAnsiConsole console, Leaderboard board, int mostRows)
    {
        var rows = board.Rows.Take(mostRows).ToList();
        if (rows.Count > 0) WriteTables(console, board, rows);
        if (board.Rows.Length > rows.Count) console.WriteLine($"… and {board.Rows.Length - rows.Count} more in leaderboard.csv");
    }

    private static void WriteTables(IAnsiConsole console, Leaderboard board, List<LeaderboardRow> rows)
    {
        var hyperparameters = new Column("hyperparameters", row => Figures.Compact(row.Hyperparameters)) { IsNumeric = false };
        var chosen = Chosen(board.Sweep, hyperparameters, rows, console.Profile.Width);
        console.Write(ConsoleTable.Of(chosen, rows, StyleOf));
        if (chosen.Contains(hyperparameters) || board.ParameterNames.IsEmpty) return;
        console.WriteLine();
        console.Write(ConsoleTable.Of([Trial, hyperparameters], rows.Where(row => row.Hyperparameters.Count > 0), StyleOf));
    }

    private static readonly Column Trial = new("trial", row => row.Trial.ToString());

    private static List<Column> Chosen(SweepFacts sweep, Column hyperparameters, List<LeaderboardRow> rows, int width)
    {
        var objective = sweep.Objective;
        Column[] further = [.. sweep.FurtherObjectives.Select(FurtherColumn)];
        Column[] front = further.Length == 0 ? [] : [new("front", row => row.Front?.ToString() ?? Figures.Absent)];
        var rank = new Column("#", row => row.Rank?.ToString() ?? Figures.Absent);
        var outcome = new Column("outcome", row => Figures.Words(row.Outcome)) { IsNumeric = false };
        var value = new Column(ObjectiveHeader(objective), row => Figures.Value(objective, row.Objective));
        var bestTest = new Column("best test", row => Figures.PercentAt(row.BestTestAccuracy, row.BestTestEpoch));
        var test = new Column("test@val", row => Figures.Percent(row.TestAccuracy));
        var train = new Column("train", row => Figures.Percent(row.TrainAccuracy));
        var gap = new Column("gap", row => Figures.Points(row.Gap));
        var verdict = new Column("verdict", VerdictCell) { IsNumeric = false };
        var epochs = new Column("epochs", row => $"{row.EpochsTrained}/{row.EpochsAllowed}");
        var parameters = new Column("params", row => Figures.Count(row.Parameters));
        var speed = new Column("img/s", row => Figures.Count(row.ImagesPerSecond));
        var time = new Column("time", row => Figures.Duration(row.Seconds));
        var memory = new Column("memory", row => Figures.Memory(row.PeakMemoryBytes));

        Column[] byWorth = [rank, Trial, value, .. front, .. further, bestTest, test, outcome, verdict, gap, hyperparameters, epochs, train, time, parameters, speed, memory];
        Column[] inOrder = [rank, .. front, Trial, outcome, value, .. further, bestTest, test, train, gap, verdict, epochs, parameters, speed, time, memory, hyperparameters];
        return ConsoleTable.Fitting(byWorth, inOrder, rows, width);
    }

    private static Column FurtherColumn(FurtherObjective further)
    {
        var name = Figures.SnakeCase(further.Metric);
        return new Column(Figures.Words(further.Metric), row => Figures.Value(further, row.Objectives![name]));
    }

    internal static Style StyleOf(LeaderboardRow row) => row switch
    {
        { Rank: 1 } => new Style(Color.Green, decoration: Decoration.Bold),
        { Outcome: RowOutcome.Failed or RowOutcome.OutOfMemory or RowOutcome.Diverged } => new Style(Color.Red),
        { Verdict: VerdictKind.Overfitting } => new Style(Color.Yellow),
        _ => Style.Plain,
    };

    internal static string VerdictCell(LeaderboardRow row) => row.Verdict switch
    {
        VerdictKind.Overfitting => $"overfits ({row.OnsetEpoch})",
        VerdictKind.Underfitting => "underfits",
        VerdictKind.Healthy or VerdictKind.Diverged => Figures.Words(row.Verdict),
        VerdictKind.Undetermined => Figures.Absent,
        _ => throw new ArgumentOutOfRangeException(nameof(row), row.Verdict, null),
    };

    internal static string ObjectiveHeader(Objective objective) => objective.Metric switch
    {
        ObjectiveMetric.ValidationAccuracy => "validation",
        ObjectiveMetric.ValidationLoss => "val. loss",
        ObjectiveMetric.TestAccuracy => "test",
        ObjectiveMetric.TestLoss => "test loss",
        ObjectiveMetric.Custom => objective.Name,
        _ => throw new ArgumentOutOfRangeException(nameof(objective), objective.Metric, null),
    };
}
