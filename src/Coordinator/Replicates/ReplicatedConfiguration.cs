using System.Collections.Immutable;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Replicates;

/// <summary>One configuration and the trials that repeat it.</summary>
/// <param name="Number">From 1, in the order in which the sampler proposed configurations.</param>
/// <param name="Trials">By replicate number, whatever became of them; at least one.</param>
/// <param name="Results">Of those that ended in order.</param>
public sealed record ReplicatedConfiguration(int Number, ImmutableArray<TrialState> Trials, ImmutableArray<TrialResult> Results)
{
    public TrialState First => Trials[0];

    public SampleSummary Objective { get; } = SampleSummary.Of([.. Results.Select(result => result.Objective)]);

    private double HeldOutLoss { get; } = Results.IsEmpty ? double.PositiveInfinity : Results.Average(result => result.HeldOutLoss);

    /// <summary>Every configuration, in the order in which it was proposed.</summary>
    public static ImmutableArray<ReplicatedConfiguration> Of(Objective objective, IEnumerable<TrialState> trials) =>
    [
        .. trials.OrderBy(trial => trial.Id).GroupBy(trial => trial.ConfigurationHash).Select((replicates, index) => new ReplicatedConfiguration(
            index + 1, [.. replicates], [.. replicates.Select(trial => TrialResult.Of(objective, trial)).OfType<TrialResult>()])),
    ];

    /// <summary>
    /// Those with a result, best first. Configurations that were given more replicates stand above the others: the search chose them,
    /// and the mean of several seeds falls below a lucky single one. Then the better mean, the lower mean held-out loss, the lower number.
    /// </summary>
    public static ImmutableArray<ReplicatedConfiguration> Ranked(Objective objective, IEnumerable<ReplicatedConfiguration> configurations) =>
    [
        .. configurations.Where(configuration => configuration.Objective.Count > 0)
            .OrderByDescending(configuration => configuration.Trials.Length)
            .ThenBy(configuration => objective.Maximizes ? -configuration.Objective.Mean : configuration.Objective.Mean)
            .ThenBy(configuration => configuration.HeldOutLoss)
            .ThenBy(configuration => configuration.Number),
    ];

    /// <summary>This configuration's objective less the <paramref name="other"/>'s, seed by seed.</summary>
    public PairedTTest CompareWith(ReplicatedConfiguration other) => PairedTTest.Of(
    [
        .. Results.Join(other.Results, result => result.Trial.Seed, result => result.Trial.Seed, (own, others) => own.Objective - others.Objective),
    ]);
}
