using System.Collections.Immutable;
using Sweep.Coordinator.Replicates;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary>One configuration and all its replicates, as the leaderboard shows it.</summary>
/// <param name="Rank">From 1; null while no replicate has a result.</param>
/// <param name="Configuration">Its number, from 1 in the order in which the sampler proposed configurations.</param>
/// <param name="Trials">Its replicates, whatever became of them.</param>
/// <param name="Objective">Over the replicates that ended in order, each by its best epoch.</param>
/// <param name="TestAccuracy">Over the same replicates, each in the epoch that validation chose; empty without validation images.</param>
/// <param name="VersusFirst">The objective compared with the first-ranked configuration's; null for that one, and without a rank.</param>
/// <param name="Parameters">Trainable numbers of the network.</param>
public sealed record ConfigurationRow(
    int? Rank,
    int Configuration,
    ImmutableArray<TrialId> Trials,
    SampleSummary Objective,
    SampleSummary TestAccuracy,
    PairedTTest? VersusFirst,
    long? Parameters,
    Hyperparameters Hyperparameters)
{
    /// <summary>A test was made, and the configuration may well be as good as the first.</summary>
    public bool CannotBeToldFromFirst => VersusFirst?.TellsApart == false;

    /// <summary>Ranked configurations by rank, then the others by number.</summary>
    /// <param name="rows">Of every trial.</param>
    public static ImmutableArray<ConfigurationRow> Of(
        SweepFacts sweep, IReadOnlyCollection<ReplicatedConfiguration> configurations, IReadOnlyDictionary<TrialId, LeaderboardRow> rows)
    {
        var ranked = ReplicatedConfiguration.Ranked(sweep.Objective, configurations);
        return
        [
            .. ranked.Select((configuration, index) =>
                Of(configuration, rows, index + 1, index == 0 ? null : configuration.CompareWith(ranked[0]))),
            .. configurations.Except(ranked).Select(configuration => Of(configuration, rows, rank: null, versusFirst: null)),
        ];
    }

    private static ConfigurationRow Of(
        ReplicatedConfiguration configuration, IReadOnlyDictionary<TrialId, LeaderboardRow> rows, int? rank, PairedTTest? versusFirst) => new(
        rank,
        configuration.Number,
        [.. configuration.Trials.Select(trial => trial.Id)],
        configuration.Objective,
        SampleSummary.Of([.. configuration.Results.Select(result => rows[result.Trial.Id].TestAccuracy).OfType<double>()]),
        versusFirst,
        rows[configuration.First.Id].Parameters,
        configuration.First.Hyperparameters);
}
