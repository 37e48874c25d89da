using System.Text.Json.Serialization;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;

namespace Sweep.Coordinator.Reports;

/// <summary>A trial's outcome, or what the trial is doing until it has one.</summary>
public enum RowOutcome { Completed, Stopped, Overfit, Diverged, OutOfMemory, Failed, Cancelled, Running, Waiting, Paused }

/// <summary>One trial as the leaderboard shows it. Accuracies are fractions; a value that was not measured, or is NaN or infinite, is null.</summary>
/// <param name="Rank">From 1, that of its configuration where configurations are repeated; null for a trial that is not ranked.</param>
/// <param name="Configuration">The number of its <see cref="ConfigurationRow"/>; null in a sweep that repeats none.</param>
/// <param name="Replicate">From 1 within the configuration; null in a sweep that repeats none.</param>
/// <param name="Objective">The best of the trial's epochs.</param>
/// <param name="ObjectiveEpoch">The first epoch that reached it.</param>
/// <param name="HeldOutLoss">In that epoch, on validation images (test images where none are held out); decides between equal objectives.</param>
/// <param name="BestTestAccuracy">Of all epochs: what was asked for, and more than one may claim.</param>
/// <param name="ChosenEpoch">
/// The epoch that validation images choose: the objective's epoch, or the best by the objective's validation counterpart where test
/// images choose the winner. Without validation images it is the objective's epoch.
/// </param>
/// <param name="TestAccuracy">
/// In the chosen epoch: what one may claim. Null without validation images, since then the test images chose the epoch.
/// </param>
/// <param name="TrainAccuracy">In the chosen epoch.</param>
/// <param name="Gap">Training accuracy above held-out accuracy in the chosen epoch.</param>
/// <param name="Parameters">Trainable numbers of the network; null where another trainer keeps it to itself.</param>
/// <param name="Hyperparameters">Of the objective's epoch, where they changed on the way.</param>
/// <param name="ImagesPerSecond">Mean over the epochs of the newest attempt.</param>
/// <param name="Seconds">Under lease, all attempts together.</param>
/// <param name="PeakMemoryBytes">The most of the host's memory that a worker held in one of its attempts; null on GPUs, and where no system measured it.</param>
/// <param name="Worker">Short name of the newest attempt's worker.</param>
/// <param name="Attempts">Attempts that were started.</param>
/// <param name="StoppedByScheduler">It stopped because the scheduler said so; the detail says after how many epochs and why.</param>
public sealed record LeaderboardRow(
    int? Rank,
    TrialId Trial,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Configuration,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Replicate,
    RowOutcome Outcome,
    double? Objective,
    int? ObjectiveEpoch,
    double? HeldOutLoss,
    double? BestTestAccuracy,
    int? BestTestEpoch,
    int? ChosenEpoch,
    double? TestAccuracy,
    double? TrainAccuracy,
    double? Gap,
    VerdictKind Verdict,
    int? OnsetEpoch,
    Evidence Evidence,
    int EpochsTrained,
    int EpochsAllowed,
    long? Parameters,
    Hyperparameters Hyperparameters,
    double? ImagesPerSecond,
    double Seconds,
    long? PeakMemoryBytes,
    string? Worker,
    int Attempts,
    string? Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool StoppedByScheduler = false)
{
    /// <summary>
    /// In a sweep with several objectives: 1 for the Pareto front, whose trials no other betters in one respect without losing in another, 2 for the front
    /// without those, and so on. Null in a sweep with one objective, and for trials that are not ranked.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Front { get; init; }

    /// <summary>The further objectives by name, with the objective's epoch where they change from epoch to epoch; null in a sweep with one objective.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, double?>? Objectives { get; init; }

    /// <summary>How often the trial took over another one's network.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Exploits { get; init; }

    /// <summary>Where its network comes from, epoch by epoch; null in a sweep whose trials share none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LineageSegment>? Lineage { get; init; }

    /// <summary>Whether the trial takes part in the ranking: it ended in order, and has a value to be ranked by.</summary>
    public bool IsRankable => Objective is not null && Outcome is RowOutcome.Completed or RowOutcome.Stopped or RowOutcome.Overfit;

    /// <summary>It is ranked, or may be once it has ended, and has a value to be ranked by.</summary>
    [JsonIgnore]
    public bool Leads => IsRankable || Objective is not null && Outcome is RowOutcome.Running or RowOutcome.Waiting or RowOutcome.Paused;

    /// <summary>The row of one trial, without a rank.</summary>
    /// <param name="sweepEnded">A trial without an outcome is then cancelled; before, it is running or waiting.</param>
    public static LeaderboardRow Of(Objective objective, TrialState trial, bool sweepEnded)
    {
        EpochReport[] reports = [.. trial.Reports];
        var best = TrialResult.BestEpoch(objective, reports);
        var bestTest = TrialResult.BestEpoch(new Objective(ObjectiveMetric.TestAccuracy), reports);
        var byValidation = TrialResult.BestEpoch(ValidationCounterpart(objective), reports);
        var chosen = byValidation ?? best;
        return new LeaderboardRow(
            Rank: null,
            trial.Id,
            Configuration: null,
            Replicate: null,
            OutcomeOf(trial, sweepEnded),
            best is null ? null : objective.Of(best),
            best?.Epoch,
            Finite(best?.HeldOut?.Loss),
            bestTest?.Test?.Accuracy,
            bestTest?.Epoch,
            chosen?.Epoch,
            Finite(byValidation?.Test?.Accuracy),
            Finite(chosen?.TrainAccuracy),
            Rounded(chosen?.Gap, 6),
            trial.Verdict.Kind,
            trial.Verdict.OnsetEpoch,
            trial.Verdict.Evidence,
            reports is [.., var last] ? last.Epoch : 0,
            trial.Configuration.Budget,
            trial.Configuration is NetworkConfiguration network ? ParametersOf(network) : null,
            trial.HyperparametersAt(best?.Epoch ?? int.MaxValue),
            Rounded(reports.Average(report => report.ImagesPerSecond), 1),
            Math.Round(trial.Seconds, 3),
            reports.Max(report => report.PeakMemoryBytes),
            trial.Worker?.ShortName,
            trial.AttemptNumber,
            DetailOf(trial, reports),
            trial.ByScheduler)
        {
            Exploits = trial.Exploits.Count,
        };
    }

    /// <summary>What the outcome leaves unsaid; among it, that memory ran out and the trial went on with less of it.</summary>
    private static string? DetailOf(TrialState trial, EpochReport[] reports)
    {
        if (reports is not [.., { MicroBatches: { } pieces }] || trial.Configuration is not NetworkConfiguration network) return trial.Detail;
        if (pieces <= network.Training.Accumulate) return trial.Detail;
        var accumulated = $"short of memory: accumulated over {pieces} micro-batches";
        return trial.Detail is null ? accumulated : $"{trial.Detail}; {accumulated}";
    }

    private static long ParametersOf(NetworkConfiguration network)
    {
        var dataset = DatasetFacts.Of(network.Dataset.Name);
        return ModelShape.Of(network.Model, dataset.Image, dataset.Classes).Parameters;
    }

    private static Objective ValidationCounterpart(Objective objective) => objective.Metric switch
    {
        ObjectiveMetric.TestAccuracy => new Objective(ObjectiveMetric.ValidationAccuracy),
        ObjectiveMetric.TestLoss => new Objective(ObjectiveMetric.ValidationLoss),
        _ => objective,
    };

    private static RowOutcome OutcomeOf(TrialState trial, bool sweepEnded) => trial.Outcome switch
    {
        TrialOutcome.Completed => RowOutcome.Completed,
        TrialOutcome.Stopped => RowOutcome.Stopped,
        TrialOutcome.Overfit => RowOutcome.Overfit,
        TrialOutcome.Diverged => RowOutcome.Diverged,
        TrialOutcome.OutOfMemory => RowOutcome.OutOfMemory,
        TrialOutcome.Failed => RowOutcome.Failed,
        TrialOutcome.Cancelled => RowOutcome.Cancelled,
        null when sweepEnded => RowOutcome.Cancelled,
        null => trial.IsRunning ? RowOutcome.Running : trial.IsPaused ? RowOutcome.Paused : RowOutcome.Waiting,
        _ => throw new ArgumentOutOfRangeException(nameof(trial), trial.Outcome, null),
    };

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static double? Rounded(double? value, int digits) => Finite(value) is { } number ? Math.Round(number, digits) : null;
}
