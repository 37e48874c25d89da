using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;
using Column = Sweep.Coordinator.Reports.CsvColumn<Sweep.Coordinator.Reports.ConfigurationRow>;

namespace Sweep.Coordinator.Reports;

/// <summary>
/// <c>configurations.csv</c>: one configuration a row, one hyperparameter a column; what each of its trials did is in
/// <c>leaderboard.csv</c>. Two runs of one sweep give the same file.
/// </summary>
public static class ConfigurationsCsv
{
    private static Column[] BeforeHyperparameters(Objective objective) =>
    [
        new("rank", row => row.Rank),
        new("configuration", row => row.Configuration),
        new("replicates", row => row.Trials.Length),
        new("results", row => row.Objective.Count),
        new("objective_metric", _ => objective.Name),
        new("objective_mean", row => row.Objective.Mean),
        new("objective_standard_deviation", row => row.Objective.StandardDeviation),
        new("test_accuracy_mean", row => row.TestAccuracy.Mean),
        new("test_accuracy_standard_deviation", row => row.TestAccuracy.StandardDeviation),
        new("pairs_with_first", row => row.VersusFirst?.Pairs),
        new("mean_difference_from_first", row => row.VersusFirst?.MeanDifference),
        new("p_value", row => row.VersusFirst?.PValue),
        new("told_from_first", row => row.VersusFirst?.TellsApart switch { null => null, true => "true", false => "false" }),
        new("parameters", row => row.Parameters),
    ];

    public static void Write(Stream stream, Leaderboard board)
    {
        var hyperparameters = board.ParameterNames.Select(name => new Column(name, row => row.Hyperparameters[name]));
        CsvTable.Write(stream, [.. BeforeHyperparameters(board.Sweep.Objective), .. hyperparameters], board.Configurations);
    }
}
