using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;

namespace Sweep.Coordinator.Objectives;

/// <summary>What a trial may be judged by besides the sweep's first objective.</summary>
public enum TrialMetric
{
    ValidationAccuracy,
    ValidationLoss,
    TestAccuracy,
    TestLoss,

    /// <summary>Trainable numbers of the network.</summary>
    Parameters,

    /// <summary>Of one image's forward pass.</summary>
    MultiplyAdds,

    /// <summary>The mean over the trial's epochs, training and evaluation together.</summary>
    EpochSeconds,

    /// <summary>The most that a worker held in the host's memory.</summary>
    PeakMemoryBytes,
}

/// <summary>An objective of a sweep that has several: any but the first, which chooses each trial's epoch.</summary>
public sealed record FurtherObjective(TrialMetric Metric)
{
    public bool Maximizes => Metric is TrialMetric.ValidationAccuracy or TrialMetric.TestAccuracy;

    /// <summary>It is a cost: above zero, and compared by factors.</summary>
    public bool IsCost => Metric is TrialMetric.Parameters or TrialMetric.MultiplyAdds or TrialMetric.EpochSeconds or TrialMetric.PeakMemoryBytes;

    public bool ChoosesByTestImages => Metric is TrialMetric.TestAccuracy or TrialMetric.TestLoss;

    /// <summary>NaN where it was not measured.</summary>
    /// <param name="best">The trial's best epoch by the first objective.</param>
    public double Of(TrialState trial, EpochReport best) => Metric switch
    {
        TrialMetric.ValidationAccuracy => best.Validation?.Accuracy ?? double.NaN,
        TrialMetric.ValidationLoss => best.Validation?.Loss ?? double.NaN,
        TrialMetric.TestAccuracy => best.Test?.Accuracy ?? double.NaN,
        TrialMetric.TestLoss => best.Test?.Loss ?? double.NaN,
        TrialMetric.Parameters => ShapeOf(trial)?.Parameters ?? double.NaN,
        TrialMetric.MultiplyAdds => ShapeOf(trial)?.MultiplyAdds ?? double.NaN,
        TrialMetric.EpochSeconds => trial.Reports.Average(report => report.Seconds),
        TrialMetric.PeakMemoryBytes => trial.Reports.Max(report => report.PeakMemoryBytes) ?? double.NaN,
        _ => throw new InvalidOperationException($"unknown metric {Metric}"),
    };

    /// <summary>As something of which less is better: costs by their logarithm, and infinite where nothing was measured.</summary>
    public double LossOf(TrialState trial, EpochReport best)
    {
        var value = Of(trial, best);
        var loss = IsCost ? Math.Log(value) : Maximizes ? -value : value;
        return double.IsFinite(loss) ? loss : double.PositiveInfinity;
    }

    /// <summary>Null where another trainer keeps it to itself.</summary>
    private static ModelShape? ShapeOf(TrialState trial)
    {
        if (trial.Configuration is not NetworkConfiguration network) return null;
        var dataset = DatasetFacts.Of(network.Dataset.Name);
        return ModelShape.Of(network.Model, dataset.Image, dataset.Classes);
    }
}
