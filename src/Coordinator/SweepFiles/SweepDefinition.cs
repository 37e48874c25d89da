using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>A valid sweep file: whatever is constructed from one can be run.</summary>
/// <param name="Name">Names the run; <c>[a-z0-9-]</c>.</param>
/// <param name="Seed">Everything random in the sweep derives from it.</param>
/// <param name="Base">What a trial trains with before its hyperparameters are put in; its model has no blocks where only a parameter gives them.</param>
public sealed record SweepDefinition(
    string Name,
    string? Description,
    long Seed,
    TrialConfiguration Base,
    SearchSpace Space,
    SearchSettings Search,
    SchedulerSettings Scheduler,
    EarlyStoppingSettings EarlyStopping,
    Objective Objective,
    SweepLimits Limits,
    RetrySettings Retries,
    ReplicateSettings Replicates);

public enum SearchAlgorithm { Grid, Random }

/// <param name="Algorithm">Resolved: <c>auto</c> has chosen already.</param>
/// <param name="Trials">At most this many configurations; null only for a grid, which ends by itself.</param>
/// <param name="Reason">Why <c>auto</c> chose the algorithm; null where the file names it.</param>
public sealed record SearchSettings(SearchAlgorithm Algorithm, int? Trials, string? Reason = null);

public enum SchedulerKind { None }

public sealed record SchedulerSettings(SchedulerKind Kind);

/// <param name="Plateau">Null where trials are not stopped for standing still.</param>
public sealed record EarlyStoppingSettings(OverfitSettings Overfit, PlateauSettings? Plateau);

/// <summary>A trial stops when its objective has not improved by <paramref name="MinDelta"/> for <paramref name="Patience"/> epochs.</summary>
public sealed record PlateauSettings(int Patience, double MinDelta);

public enum ObjectiveMetric { ValidationAccuracy, ValidationLoss, TestAccuracy, TestLoss }

/// <summary>What the sweep chooses by: of a trial's epochs the best one, and of trials the best one.</summary>
public sealed record Objective(ObjectiveMetric Metric)
{
    public bool Maximizes => Metric is ObjectiveMetric.ValidationAccuracy or ObjectiveMetric.TestAccuracy;

    /// <summary>The test images take part in choosing, so that the winner's test accuracy is not an unbiased one.</summary>
    public bool ChoosesByTestImages => Metric is ObjectiveMetric.TestAccuracy or ObjectiveMetric.TestLoss;

    /// <summary>The epoch's value; NaN where it has none.</summary>
    public double Of(EpochReport report) => Metric switch
    {
        ObjectiveMetric.ValidationAccuracy => report.Validation?.Accuracy ?? double.NaN,
        ObjectiveMetric.ValidationLoss => report.Validation?.Loss ?? double.NaN,
        ObjectiveMetric.TestAccuracy => report.Test.Accuracy,
        ObjectiveMetric.TestLoss => report.Test.Loss,
        _ => throw new InvalidOperationException($"unknown metric {Metric}"),
    };

    /// <summary>Whether <paramref name="value"/> is better than <paramref name="other"/> by more than <paramref name="margin"/>. NaN is never better; anything is better than NaN.</summary>
    public bool IsBetter(double value, double other, double margin = 0)
    {
        if (double.IsNaN(value)) return false;
        if (double.IsNaN(other)) return true;
        return Maximizes ? value > other + margin : value < other - margin;
    }
}

/// <param name="MaxParallelTrials">Trials that may train at the same time; null for as many as there are workers.</param>
/// <param name="MaxDuration">Null for no limit.</param>
/// <param name="MaxEpochsTotal">Over all trials; null for no limit.</param>
public sealed record SweepLimits(int? MaxParallelTrials, TimeSpan? MaxDuration, int? MaxEpochsTotal);

/// <param name="MaxAttempts">Attempts of a trial that may fail before it fails; at least 1.</param>
public sealed record RetrySettings(int MaxAttempts);
