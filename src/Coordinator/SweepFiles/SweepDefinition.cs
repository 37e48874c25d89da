using Sweep.Coordinator.Objectives;
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
    ReplicateSettings Replicates,
    SharingSettings Sharing)
{
    /// <summary>What trials are judged by besides <see cref="Objective"/>, which chooses each trial's epoch; empty for nothing.</summary>
    public ValueArray<FurtherObjective> FurtherObjectives { get; init; }

    /// <inheritdoc cref="SearchSpace.MaxEpochs"/>
    public int MaxEpochs => Space.MaxEpochs(Base);
}

public enum SearchAlgorithm { Grid, Random, Sobol, Tpe, Gp, CmaEs, Evolution }

/// <param name="Algorithm">Resolved: <c>auto</c> has chosen already.</param>
/// <param name="Trials">At most this many configurations; null only for a grid, which ends by itself.</param>
/// <param name="Reason">Why <c>auto</c> chose the algorithm; null where the file names it.</param>
/// <param name="StartWith">Configurations of the space that are tried first, in this order.</param>
public sealed record SearchSettings(SearchAlgorithm Algorithm, int? Trials, string? Reason = null, ValueArray<Hyperparameters> StartWith = default)
{
    /// <summary>Folders of earlier runs whose results inform the search, as the file gives them.</summary>
    public ValueArray<string> LearnFrom { get; init; }
}

public enum SchedulerKind { None, Median, Asha, Hyperband, Pbt, Bohb, Screening }

/// <param name="Kind">Resolved: <c>auto</c> has chosen already.</param>
/// <param name="MinEpochs">No trial is judged before it has trained so many; at least 1.</param>
/// <param name="ReductionFactor">Of so many trials at a rung one goes on; at least 2. The median rule has no use for it.</param>
public sealed record SchedulerSettings(SchedulerKind Kind, int MinEpochs = 1, int ReductionFactor = 3)
{
    /// <summary>Why <c>auto</c> chose so; null where the file says what it wants.</summary>
    public string? Reason { get; init; }

    /// <summary>Trials are compared after so many seconds and not epochs; null for epochs.</summary>
    public SecondsSettings? Seconds { get; init; }

    /// <summary>Of <see cref="SchedulerKind.Pbt"/>; null for the others.</summary>
    public PopulationSettings? Population { get; init; }
}

/// <param name="Min">Training time before the first comparison; at least 1.</param>
/// <param name="Max">Training time after which a trial has completed, if it has not trained all its epochs before; above <paramref name="Min"/>. Null for no end but the epochs.</param>
public sealed record SecondsSettings(int Min, int? Max);

/// <summary>What population based training goes by.</summary>
/// <param name="Size">Trials, which are all that the sweep has; at least 2.</param>
/// <param name="IntervalEpochs">Members are compared after each multiple; at least 1, below the epochs of a trial.</param>
/// <param name="Quantile">So many of the worst copy one of as many of the best; in (0, 0.5].</param>
/// <param name="ResampleProbability">With which a hyperparameter is drawn anew instead of perturbed; in [0, 1].</param>
public sealed record PopulationSettings(int Size, int IntervalEpochs, double Quantile = 0.2, double ResampleProbability = 0.25);

/// <param name="Plateau">Null where trials are not stopped for standing still.</param>
public sealed record EarlyStoppingSettings(OverfitSettings Overfit, PlateauSettings? Plateau);

/// <summary>A trial stops when its objective has not improved by <paramref name="MinDelta"/> for <paramref name="Patience"/> epochs.</summary>
public sealed record PlateauSettings(int Patience, double MinDelta);

/// <param name="MaxParallelTrials">Trials that may train at the same time; null for as many as there are workers.</param>
/// <param name="MaxDuration">Null for no limit.</param>
/// <param name="MaxEpochsTotal">Over all trials; null for no limit.</param>
/// <param name="MaxTrials">That are created, replicates included; null for no limit.</param>
/// <param name="MaxGpuHours">That attempts hold workers, all together; null for no limit.</param>
/// <param name="Target">A value of the objective that is good enough: the sweep ends when an epoch reaches it. Null for none.</param>
/// <param name="PatienceTrials">The sweep ends when so many trials in a row have ended or paused and none has brought a new best; null for never.</param>
public sealed record SweepLimits(
    int? MaxParallelTrials, TimeSpan? MaxDuration, int? MaxEpochsTotal,
    int? MaxTrials = null, double? MaxGpuHours = null, double? Target = null, int? PatienceTrials = null);

/// <param name="MaxAttempts">Attempts of a trial that may fail before it fails; at least 1.</param>
public sealed record RetrySettings(int MaxAttempts);
