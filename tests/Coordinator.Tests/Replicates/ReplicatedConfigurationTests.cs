using Sweep.Coordinator.Replicates;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Tests.Reports;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Replicates;

public sealed class ReplicatedConfigurationTests
{
    private static readonly Objective ByAccuracy = new(ObjectiveMetric.ValidationAccuracy);

    [Fact]
    public void The_best_mean_ranks_first_and_not_the_luckiest_seed() =>
        Assert.Equal([2, 1], Ranked(ByAccuracy, [.. Replicated(1, 0.99, 0.70, 0.71), .. Replicated(2, 0.90, 0.91, 0.92)]));

    [Fact]
    public void A_loss_ranks_the_lowest_mean_first() => Assert.Equal(
        [2, 1], Ranked(new Objective(ObjectiveMetric.ValidationLoss), [.. Replicated(1, 0.5, 0.6), .. Replicated(2, 0.7, 0.8)]));

    [Fact]
    public void A_replicate_without_a_result_is_in_no_mean()
    {
        TrialState[] trials = [.. Replicated(1, 0.8, 0.9, 0.4)];
        trials[2] = trials[2] with { Outcome = TrialOutcome.Diverged };
        var configuration = Assert.Single(ReplicatedConfiguration.Of(ByAccuracy, trials));
        Assert.Equal((2, 3), (configuration.Objective.Count, configuration.Trials.Length));
        Assert.Equal(0.85, configuration.Objective.Mean!.Value, precision: 12);
    }

    [Fact]
    public void Configurations_that_were_given_more_replicates_rank_before_a_lucky_single_one() =>
        Assert.Equal([2, 3, 1], Ranked(ByAccuracy, [.. Replicated(1, 0.95), .. Replicated(2, 0.96, 0.90), .. Replicated(3, 0.97, 0.88)]));

    [Fact]
    public void Between_equal_means_the_lower_loss_wins_and_then_the_lower_number()
    {
        var lowLoss = Replicated(3, 0.8, 0.8).Select(trial => trial with
        {
            Reports = [.. trial.Reports.Select(report => report with { Validation = report.Validation! with { Loss = 0.1 } })],
        });
        Assert.Equal([3, 1, 2], Ranked(ByAccuracy, [.. Replicated(1, 0.8, 0.8), .. Replicated(2, 0.8, 0.8), .. lowLoss]));
    }

    [Fact]
    public void A_configuration_without_a_result_has_no_rank() =>
        Assert.Equal([1], Ranked(ByAccuracy, [.. Replicated(1, 0.8), Trial.Of(99, TrialOutcome.OutOfMemory)]));

    [Fact]
    public void Pairs_are_results_under_the_same_seed()
    {
        TrialState[] trials = [.. Replicated(1, 0.80, 0.82, 0.84), .. Replicated(2, 0.81, 0.85, 0.85)];
        trials[0] = trials[0] with { Outcome = TrialOutcome.Failed };
        trials[5] = trials[5] with { Seed = 77 };
        var configurations = ReplicatedConfiguration.Of(ByAccuracy, trials);
        var test = configurations[1].CompareWith(configurations[0]);
        Assert.Equal(1, test.Pairs);
        Assert.Equal(0.03, test.MeanDifference!.Value, precision: 12);
    }

    /// <summary>One configuration's trials, numbered so that those of a lower configuration come first.</summary>
    private static IEnumerable<TrialState> Replicated(int configuration, params double[] accuracies) =>
        Trial.Replicated(configuration, firstTrial: configuration * 10, accuracies);

    private static IEnumerable<int> Ranked(Objective objective, TrialState[] trials) =>
        ReplicatedConfiguration.Ranked(objective, ReplicatedConfiguration.Of(objective, trials)).Select(configuration => configuration.Number);
}
