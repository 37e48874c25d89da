using System.Text.Json;
using Sweep.Coordinator.Objectives;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary>How numbers and names look to people. Files for programs write numbers in full instead.</summary>
public static class Figures
{
    public const string Absent = "–";

    /// <summary><c>91.23 %</c>; two digits, since ten thousand test images tell accuracies apart that far.</summary>
    public static string Percent(double? fraction) => fraction is { } value ? $"{value * 100:0.00} %" : Absent;

    /// <summary><c>91.23 % (12)</c>: a value and its epoch.</summary>
    public static string PercentAt(double? fraction, int? epoch) => epoch is null ? Percent(fraction) : $"{Percent(fraction)} ({epoch})";

    /// <summary><c>17.78</c>: a difference of two accuracies in percentage points.</summary>
    public static string Points(double? fraction) => fraction is { } value ? $"{value * 100:0.00}" : Absent;

    /// <summary>An accuracy in percent, a loss with four digits, any other metric with six significant ones.</summary>
    public static string Value(Objective objective, double? value) => value is not { } number ? Absent
        : IsAccuracy(objective) ? Percent(number)
        : objective.Custom is not null ? number.ToString("G6")
        : number.ToString("0.0000");

    /// <summary>A further objective's value as people read it.</summary>
    public static string Value(FurtherObjective objective, double? value) => (objective.Metric, value) switch
    {
        (_, null) => Absent,
        (TrialMetric.ValidationAccuracy or TrialMetric.TestAccuracy, _) => Percent(value),
        (TrialMetric.ValidationLoss or TrialMetric.TestLoss, { } loss) => loss.ToString("0.0000"),
        (TrialMetric.Parameters or TrialMetric.MultiplyAdds, _) => Count(value),
        (TrialMetric.EpochSeconds, { } seconds) => $"{seconds:0.00} s",
        (TrialMetric.PeakMemoryBytes, { } bytes) => Memory((long)bytes),
        _ => throw new ArgumentOutOfRangeException(nameof(objective), objective, "unknown metric"),
    };

    public static bool IsAccuracy(Objective objective) => objective.Metric is ObjectiveMetric.ValidationAccuracy or ObjectiveMetric.TestAccuracy;

    /// <summary><c>840</c>, <c>272 k</c>, <c>1.35 M</c>, <c>24.6 M</c>.</summary>
    public static string Count(double? count) => count switch
    {
        null => Absent,
        < 10_000 => $"{count:0}",
        < 999_500 => $"{count / 1e3:0} k",
        < 9_995_000 => $"{count / 1e6:0.00} M",
        _ => $"{count / 1e6:0.0} M",
    };

    /// <summary><c>1,318 MiB</c>.</summary>
    public static string Memory(long? bytes) => bytes is { } number ? $"{number / (1024.0 * 1024.0):N0} MiB" : Absent;

    /// <summary><c>8.4 s</c>, <c>12 m 03 s</c>, <c>5 h 07 m</c>.</summary>
    public static string Duration(double seconds)
    {
        if (seconds < 59.95) return $"{seconds:0.0} s";
        var whole = (long)Math.Round(seconds);
        return whole < 3600 ? $"{whole / 60} m {whole % 60:00} s" : $"{whole / 3600} h {whole / 60 % 60:00} m";
    }

    /// <summary><c>learning_rate=0.03162 blocks=[2,2]</c>: numbers with four significant digits, lists without spaces.</summary>
    public static string Compact(Hyperparameters hyperparameters) =>
        string.Join(' ', hyperparameters.Select(entry => $"{entry.Key}={Compact(entry.Value)}"));

    /// <summary>One value of these.</summary>
    public static string Compact(HyperparameterValue value) => value switch
    {
        HyperparameterValue.Number number => $"{number.Value:G4}",
        HyperparameterValue.Integers integers => $"[{string.Join(',', integers.Values)}]",
        _ => value.ToString()!,
    };

    /// <summary><c>out_of_memory</c>: an enum's value as files for programs write it.</summary>
    public static string SnakeCase<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary><c>validation accuracy</c>; a custom metric by its own name.</summary>
    public static string Words(Objective objective) => objective.Custom ?? Words(objective.Metric);

    /// <summary><c>out of memory</c>: an enum's value as people read it.</summary>
    public static string Words<T>(T value) where T : struct, Enum => SnakeCase(value).Replace('_', ' ');
}
