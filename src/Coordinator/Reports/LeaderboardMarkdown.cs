using System.Collections.Immutable;
using System.Text;
using Sweep.Coordinator.Objectives;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.Replicates;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary><c>leaderboard.md</c>: the leaderboard as a table that GitHub renders, with how to read it.</summary>
public static class LeaderboardMarkdown
{
    /// <summary>A page stays readable; the other files have every trial.</summary>
    private const int MostRows = 200;

    private static readonly (string Header, Func<Leaderboard, LeaderboardRow, string> Cell)[] Columns =
    [
        ("rank", (_, row) => row.Rank?.ToString() ?? Figures.Absent),
        ("trial", (_, row) => row.Trial.ToString()),
        ("outcome", (_, row) => Figures.Words(row.Outcome)),
        ("objective (epoch)", (board, row) => At(Figures.Value(board.Sweep.Objective, row.Objective), row.ObjectiveEpoch)),
        ("best test (epoch)", (_, row) => Figures.PercentAt(row.BestTestAccuracy, row.BestTestEpoch)),
        ("test, chosen (epoch)", (_, row) => row.TestAccuracy is null ? Figures.Absent : Figures.PercentAt(row.TestAccuracy, row.ChosenEpoch)),
        ("train", (_, row) => Figures.Percent(row.TrainAccuracy)),
        ("gap, points", (_, row) => Figures.Points(row.Gap)),
        ("verdict (onset)", (_, row) => At(Figures.Words(row.Verdict), row.OnsetEpoch)),
        ("epochs", (_, row) => $"{row.EpochsTrained}/{row.EpochsAllowed}"),
        ("parameters", (_, row) => Figures.Count(row.Parameters)),
        ("images/s", (_, row) => Figures.Count(row.ImagesPerSecond)),
        ("time", (_, row) => Figures.Duration(row.Seconds)),
        ("memory", (_, row) => Figures.Memory(row.PeakMemoryBytes)),
        ("attempts", (_, row) => row.Attempts.ToString()),
        ("hyperparameters", (_, row) => row.Hyperparameters.Count == 0 ? Figures.Absent : $"`{row.Hyperparameters}`"),
        ("detail", (_, row) => row.Detail ?? ""),
    ];

    private static readonly (string Header, Func<Leaderboard, ConfigurationRow, string> Cell)[] ConfigurationColumns =
    [
        ("rank", (_, row) => row.Rank?.ToString() ?? Figures.Absent),
        ("configuration", (_, row) => row.Configuration.ToString()),
        ("seeds", (_, row) => ConfigurationSentences.Results(row)),
        ("objective", (board, row) => ConfigurationSentences.MeanAndDeviation(board.Sweep.Objective, row.Objective)),
        ("test, chosen", (_, row) => ConfigurationSentences.MeanAndDeviation(row.TestAccuracy)),
        ("versus first", (_, row) => ConfigurationSentences.VersusFirst(row)),
        ("parameters", (_, row) => Figures.Count(row.Parameters)),
        ("trials", (_, row) => string.Join(", ", row.Trials)),
        ("hyperparameters", (_, row) => row.Hyperparameters.Count == 0 ? Figures.Absent : $"`{row.Hyperparameters}`"),
    ];

    public static void Write(Stream stream, Leaderboard board) => stream.Write(Encoding.UTF8.GetBytes(Text(board)));

    public static string Text(Leaderboard board)
    {
        var sweep = board.Sweep;
        var text = new StringBuilder()
            .Append($"# Leaderboard of {sweep.Name}\n\n")
            .Append($"{(sweep.DatasetName is { } dataset ? $"Data set {dataset}, seed" : "Seed")} {sweep.Seed}, objective {sweep.Objective.Name}. ")
            .Append($"{LeaderboardSentences.Counts(board)}{(board.Ended ? "" : "; the sweep is running")}.{Scheduler(board)}\n\n")
            .Append($"**{Escaped(LeaderboardSentences.Winner(board))}**\n\n");
        if (board.Notice is { } notice) text.Append($"> [!WARNING]\n> {notice}\n\n");
        if (!board.Configurations.IsEmpty) AppendConfigurations(text, board);
        if (LeaderboardSentences.Front(board) is { } front) text.Append($"{front}\n\n");
        AppendTable(text, board, [.. Columns.Take(1), .. ObjectiveColumns(board.Sweep), .. Columns.Skip(1)], board.Rows, "trials are in `leaderboard.csv`");
        AppendOverfitting(text, board);
        AppendLineage(text, board);
        if (board.Mattered is { } mattered) text.Append(MatteredSentences.Markdown(board.Sweep.Objective, mattered));
        text.Append(HowToRead);
        if (board.Sweep.FurtherObjectives.Count > 0) text.Append(HowToReadFronts);
        if (!board.Configurations.IsEmpty) text.Append(HowToReadConfigurations);
        return text.ToString();
    }

    /// <summary>Only where there are several objectives; those that have a column anyway are left out.</summary>
    private static IEnumerable<(string Header, Func<Leaderboard, LeaderboardRow, string> Cell)> ObjectiveColumns(SweepFacts sweep)
    {
        if (sweep.FurtherObjectives.Count == 0) yield break;
        yield return ("front", (_, row) => row.Front?.ToString() ?? Figures.Absent);
        foreach (var further in sweep.FurtherObjectives.Where(further => further.Metric is not (TrialMetric.Parameters or TrialMetric.PeakMemoryBytes)))
            yield return (Figures.Words(further.Metric), (_, row) => Figures.Value(further, row.Objectives![Figures.SnakeCase(further.Metric)]));
    }

    private static string Scheduler(Leaderboard board) => LeaderboardSentences.Scheduler(board) is { } sentence ? $" {sentence}." : "";

    private static void AppendConfigurations(StringBuilder text, Leaderboard board)
    {
        text.Append("## Configurations\n\n");
        AppendTable(text, board, ConfigurationColumns, board.Configurations, "configurations are in `configurations.csv`");
        text.Append("## Trials\n\n");
    }

    private static void AppendTable<TRow>(
        StringBuilder text, Leaderboard board, (string Header, Func<Leaderboard, TRow, string> Cell)[] columns, ImmutableArray<TRow> rows, string whereMoreAre)
    {
        AppendRow(text, columns.Select(column => column.Header));
        AppendRow(text, columns.Select(_ => "---"));
        foreach (var row in rows.Take(MostRows)) AppendRow(text, columns.Select(column => Escaped(column.Cell(board, row))));
        if (rows.Length > MostRows) text.Append($"\n{rows.Length - MostRows} more {whereMoreAre} and `leaderboard.json`.\n");
        text.Append('\n');
    }

    private static void AppendOverfitting(StringBuilder text, Leaderboard board)
    {
        var overfitting = board.Rows.Take(MostRows).Where(row => row.Verdict == VerdictKind.Overfitting).ToList();
        if (overfitting.Count == 0) return;
        text.Append("## What overfitted\n\n");
        foreach (var row in overfitting) text.Append($"- Trial {row.Trial}, from epoch {row.OnsetEpoch}: {row.Evidence}.\n");
        text.Append('\n');
    }

    /// <summary>The schedule of hyperparameters that the winner's network was trained with.</summary>
    private static void AppendLineage(StringBuilder text, Leaderboard board)
    {
        if (board.Winner is not { Lineage: { Count: > 0 } lineage } winner) return;
        text.Append($"## How trial {winner.Trial}'s network came about\n\n");
        AppendRow(text, ["epochs", "trained by trial", "with", "learning rate, from and to"]);
        AppendRow(text, Enumerable.Repeat("---", 4));
        foreach (var segment in lineage)
            AppendRow(text,
            [
                $"{segment.FirstEpoch}–{segment.LastEpoch}", segment.Trial.ToString(), Escaped($"`{segment.Hyperparameters}`"),
                $"{segment.LearningRates[0]:0.#####}–{segment.LearningRates[^1]:0.#####}",
            ]);
        text.Append('\n');
    }

    private static void AppendRow(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string At(string value, int? epoch) => epoch is null ? value : $"{value} ({epoch})";

    /// <summary>A cell is one line and ends at its bar.</summary>
    private static string Escaped(string cell) => cell.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);

    private const string HowToRead = """
        ## How to read it

        - **Objective** is what the sweep chooses by: of a trial's epochs the best, and of trials the best. Equal trials: lower held-out loss first.
        - **Best test** is the best test accuracy of all epochs. Picking the epoch by it uses the test images, so it flatters.
        - **Test, chosen** is test accuracy in the epoch that validation images choose: the figure to claim.
        - **Train** and **gap** (training above held-out accuracy) are of that same epoch.
        - **Verdict** reads the curves; the onset is the first epoch that no longer generalised better.
        - **Memory** is the most that the trial's worker held while it trained, in the host's memory; a GPU's is not measured.
        - Trials that diverged, failed, ran out of memory or were cancelled have no rank. Curves and epochs of each trial are in `trials/`.

        """;

    private const string HowToReadFronts = """
        - **Front** 1 is the Pareto front; front 2 would be it without the trials of front 1, and so on. Within a front, the better objective comes first.

        """;

    private static readonly string HowToReadConfigurations = $"""
        - **Configurations** are ranked by the mean objective of their seeds; those that were given more seeds stand first. A trial has its configuration's rank.
        - **Seeds** counts the replicates with a result; 2/3 says that one of three has none, and is in no mean. **±** is the standard deviation over seeds (n − 1), in percentage points for accuracies.
        - **Versus first** compares the objective with the first configuration's ({PairedTTest.Name}; not corrected for the number of configurations). **≈** marks those that cannot be told from the first; *no test* those with fewer than two pairs of equal seeds, or with the same difference in all pairs.

        """.ReplaceLineEndings("\n");
}
