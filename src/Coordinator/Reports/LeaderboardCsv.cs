using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;
using Column = Sweep.Coordinator.Reports.CsvColumn<Sweep.Coordinator.Reports.LeaderboardRow>;

namespace Sweep.Coordinator.Reports;

/// <summary>
/// <c>leaderboard.csv</c>: one trial a row, one hyperparameter a column. <c>objective_metric</c> says what chose the winner.
/// Two runs of one sweep differ in nothing but the columns <c>images_per_second</c>, <c>seconds</c>, <c>peak_memory_bytes</c>,
/// <c>worker</c> and <c>attempts</c>.
/// </summary>
public static class LeaderboardCsv
{
    private static Column[] Identity { get; } = [new("rank", row => row.Rank), new("trial", row => row.Trial)];

    /// <summary>Only where configurations are repeated.</summary>
    private static Column[] Repetition { get; } = [new("configuration", row => row.Configuration), new("replicate", row => row.Replicate)];

    private static Column[] BeforeHyperparameters(Objective objective) =>
    [
        new("outcome", row => Figures.SnakeCase(row.Outcome)),
        new("objective_metric", _ => objective.Name),
        new("objective", row => row.Objective),
        new("objective_epoch", row => row.ObjectiveEpoch),
        new("held_out_loss", row => row.HeldOutLoss),
        new("best_test_accuracy", row => row.BestTestAccuracy),
        new("best_test_epoch", row => row.BestTestEpoch),
        new("chosen_epoch", row => row.ChosenEpoch),
        new("test_accuracy", row => row.TestAccuracy),
        new("train_accuracy", row => row.TrainAccuracy),
        new("gap", row => row.Gap),
        new("verdict", row => Figures.SnakeCase(row.Verdict)),
        new("onset_epoch", row => row.OnsetEpoch),
        new("epochs_trained", row => row.EpochsTrained),
        new("epochs_allowed", row => row.EpochsAllowed),
        new("parameters", row => row.Parameters),
    ];

    /// <summary>Only where there are several; those that have a column anyway are left out.</summary>
    private static IEnumerable<Column> Objectives(SweepFacts sweep)
    {
        if (sweep.FurtherObjectives.Count == 0) yield break;
        yield return new("front", row => row.Front);
        foreach (var name in sweep.FurtherObjectives.Select(further => Figures.SnakeCase(further.Metric)).Except(["parameters", "peak_memory_bytes", "test_accuracy"]))
            yield return new(name, row => row.Objectives![name]);
    }

    private static Column[] AfterHyperparameters { get; } =
    [
        new("images_per_second", row => row.ImagesPerSecond),
        new("seconds", row => row.Seconds),
        new("peak_memory_bytes", row => row.PeakMemoryBytes),
        new("worker", row => row.Worker),
        new("attempts", row => row.Attempts),
        new("evidence", row => row.Evidence.ToString()),
        new("detail", row => row.Detail),
    ];

    public static void Write(Stream stream, Leaderboard board) => CsvTable.Write(stream, ColumnsOf(board), board.Rows);

    internal static Column[] ColumnsOf(Leaderboard board)
    {
        var hyperparameters = board.ParameterNames.Select(name => new Column(name, row => row.Hyperparameters[name]));
        var repetition = board.Configurations.IsEmpty ? [] : Repetition;
        Column[] lineage = board.Rows.Any(row => row.Lineage is not null) ? [new("lineage", row => LeaderboardSentences.Lineage(row))] : [];
        return
        [
            .. Identity, .. repetition, .. Objectives(board.Sweep), .. BeforeHyperparameters(board.Sweep.Objective), .. hyperparameters, .. AfterHyperparameters,
            .. lineage,
        ];
    }
}
