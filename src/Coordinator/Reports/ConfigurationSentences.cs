using Sweep.Coordinator.Replicates;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary>Repeated configurations in words.</summary>
public static class ConfigurationSentences
{
    private const int MostRivalsNamed = 5;

    /// <summary><c>92.00 % ± 0.40</c>: mean and standard deviation, an accuracy's in percentage points.</summary>
    public static string MeanAndDeviation(Objective objective, SampleSummary sample)
    {
        var mean = Figures.Value(objective, sample.Mean);
        if (sample.StandardDeviation is not { } deviation) return mean;
        return $"{mean} ± {(Figures.IsAccuracy(objective) ? Figures.Points(deviation) : Figures.Value(objective, deviation))}";
    }

    public static string MeanAndDeviation(SampleSummary accuracy) => MeanAndDeviation(new Objective(ObjectiveMetric.TestAccuracy), accuracy);

    /// <summary><c>3</c>, or <c>2/3</c> where a replicate has no result.</summary>
    public static string Results(ConfigurationRow row) =>
        row.Objective.Count == row.Trials.Length ? $"{row.Trials.Length}" : $"{row.Objective.Count}/{row.Trials.Length}";

    /// <summary><c>≈ p=0.214</c> where it cannot be told from the first, <c>p=0.003</c> where it can, or that there was no test.</summary>
    public static string VersusFirst(ConfigurationRow row) => row.VersusFirst switch
    {
        null => Figures.Absent,
        { PValue: null } => "no test",
        { PValue: < 0.001 } => "p<0.001",
        { PValue: { } p } => $"{(row.CannotBeToldFromFirst ? "≈ " : "")}p={p:0.000}",
    };

    /// <summary>Which configuration leads, by what, and which others may be as good.</summary>
    public static string Winner(Leaderboard board, ConfigurationRow row)
    {
        var objective = board.Sweep.Objective;
        var test = row.TestAccuracy.Mean is null ? "" : $"; test accuracy in the epochs that validation chose: {MeanAndDeviation(row.TestAccuracy)}";
        var hyperparameters = row.Hyperparameters.Count == 0 ? "" : $" Hyperparameters: {row.Hyperparameters}.";
        return $"Configuration {row.Configuration} {(board.Ended ? "won" : "leads")} with mean {Figures.Words(objective)} "
            + $"{MeanAndDeviation(objective, row.Objective)} over {LeaderboardSentences.Plural(row.Objective.Count, "seed")}{test}.{hyperparameters}{Rivals(board)}";
    }

    private static string Rivals(Leaderboard board)
    {
        var rivals = board.Configurations.Where(row => row.CannotBeToldFromFirst).Select(row => row.Configuration).ToList();
        return rivals.Count switch
        {
            0 => "",
            1 => $" Configuration {rivals[0]} cannot be told from it.",
            <= MostRivalsNamed => $" Configurations {string.Join(", ", rivals.SkipLast(1))} and {rivals[^1]} cannot be told from it.",
            _ => $" {rivals.Count} others cannot be told from it.",
        };
    }
}
