using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sweep.Shared;

public enum ObjectiveMetric
{
    ValidationAccuracy,
    ValidationLoss,
    TestAccuracy,
    TestLoss,

    /// <summary>One that a trainer of one's own reports by its own name.</summary>
    Custom,
}

/// <summary>What the sweep chooses by: of a trial's epochs the best one, and of trials the best one.</summary>
/// <param name="Custom">The name of a custom metric; null for the others.</param>
/// <param name="MaximizesCustom">Whether more of it is better.</param>
public sealed record Objective(ObjectiveMetric Metric, string? Custom = null, bool MaximizesCustom = false)
{
    /// <summary>What sweep files call the metric.</summary>
    [JsonIgnore]
    public string Name => Custom ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(Metric.ToString());

    [JsonIgnore]
    public bool Maximizes => Metric is ObjectiveMetric.ValidationAccuracy or ObjectiveMetric.TestAccuracy || MaximizesCustom;

    /// <summary>The test images take part in choosing, so that the winner's test accuracy is not an unbiased one.</summary>
    [JsonIgnore]
    public bool ChoosesByTestImages => Metric is ObjectiveMetric.TestAccuracy or ObjectiveMetric.TestLoss;

    /// <summary>The epoch's value; NaN where it has none.</summary>
    public double Of(EpochReport report) => Metric switch
    {
        ObjectiveMetric.ValidationAccuracy => report.Validation?.Accuracy ?? double.NaN,
        ObjectiveMetric.ValidationLoss => report.Validation?.Loss ?? double.NaN,
        ObjectiveMetric.TestAccuracy => report.Test?.Accuracy ?? double.NaN,
        ObjectiveMetric.TestLoss => report.Test?.Loss ?? double.NaN,
        ObjectiveMetric.Custom => report.Metric(Custom!) ?? double.NaN,
        _ => throw new InvalidOperationException($"unknown metric {Metric}"),
    };

    /// <summary>Whether <paramref name="value"/> is better than <paramref name="other"/> by more than <paramref name="margin"/>. NaN is never better; anything is better than NaN.</summary>
    public bool IsBetter(double value, double other, double margin = 0)
    {
        if (double.IsNaN(value)) return false;
        if (double.IsNaN(other)) return true;
        return Maximizes ? value > other + margin : value < other - margin;
    }

    /// <summary>Whether <paramref name="report"/> takes the place of the best epoch so far: of equal ones the first stays, and a value that is not finite never counts.</summary>
    /// <param name="best">Null while there is none.</param>
    public bool IsNewBest(EpochReport report, EpochReport? best) =>
        double.IsFinite(Of(report)) && (best is null || IsBetter(Of(report), Of(best)));
}
