using Spectre.Console;
using Sweep.Coordinator.Replicates;
using Column = Sweep.Coordinator.Reports.ConsoleColumn<Sweep.Coordinator.Reports.ConfigurationRow>;

namespace Sweep.Coordinator.Reports;

/// <summary>The leaderboard's rows on a console where configurations are repeated: one configuration a row.</summary>
internal static class ConsoleConfigurations
{
    public static readonly string HowToRead =
        "seeds: replicates with a result. ±: standard deviation over them, in points for accuracies. test@val: test accuracy in the epochs "
        + $"that validation chose. vs. first: {PairedTTest.Name}; ≈ cannot be told from the first.";

    /// <param name="mostRows">Further rows are counted, and left to the files.</param>
    public static void Write(IAnsiConsole console, Leaderboard board, int mostRows)
    {
        var rows = board.Configurations.Take(mostRows).ToList();
        var number = new Column("config", row => row.Configuration.ToString());
        var hyperparameters = new Column("hyperparameters", row => Figures.Compact(row.Hyperparameters)) { IsNumeric = false };
        var chosen = Chosen(board, number, hyperparameters, rows, console.Profile.Width);
        console.Write(ConsoleTable.Of(chosen, rows, StyleOf));
        if (board.Configurations.Length > rows.Count)
            console.WriteLine($"… and {board.Configurations.Length - rows.Count} more in configurations.csv");
        if (chosen.Contains(hyperparameters) || board.ParameterNames.IsEmpty) return;
        console.WriteLine();
        console.Write(ConsoleTable.Of([number, hyperparameters], rows.Where(row => row.Hyperparameters.Count > 0), StyleOf));
    }

    private static List<Column> Chosen(Leaderboard board, Column number, Column hyperparameters, List<ConfigurationRow> rows, int width)
    {
        var objective = board.Sweep.Objective;
        var rank = new Column("#", row => row.Rank?.ToString() ?? Figures.Absent);
        var seeds = new Column("seeds", ConfigurationSentences.Results);
        var value = new Column(ConsoleLeaderboard.ObjectiveHeader(objective), row => ConfigurationSentences.MeanAndDeviation(objective, row.Objective));
        var test = new Column("test@val", row => ConfigurationSentences.MeanAndDeviation(row.TestAccuracy));
        var versusFirst = new Column("vs. first", ConfigurationSentences.VersusFirst);
        var parameters = new Column("params", row => Figures.Count(row.Parameters));
        return ConsoleTable.Fitting(
            byWorth: [rank, number, value, versusFirst, seeds, test, hyperparameters, parameters],
            inOrder: [rank, number, seeds, value, test, versusFirst, parameters, hyperparameters],
            rows, width);
    }

    private static Style StyleOf(ConfigurationRow row) => row switch
    {
        { Rank: 1 } => new Style(Color.Green, decoration: Decoration.Bold),
        { CannotBeToldFromFirst: true } => new Style(Color.Green),
        { Rank: null } => new Style(Color.Red),
        _ => Style.Plain,
    };
}
