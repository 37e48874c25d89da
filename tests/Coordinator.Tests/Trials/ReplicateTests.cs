using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Protocol;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Trials;

public sealed class ReplicateTests
{
    [Fact]
    public void Every_configuration_gets_its_replicates_together_and_each_once()
    {
        var sweep = new TestSweep("replicates: 3", trials: 2, epochs: 1);
        sweep.RunToTheEnd();
        Assert.Equal([1, 2, 3, 1, 2, 3], sweep.State.Trials.Select(trial => trial.Replicate));
        Assert.Equal([3, 3], sweep.State.Trials.CountBy(trial => trial.ConfigurationHash).Select(count => count.Value));
        Assert.Equal(SweepEnding.AllTrialsEnded, sweep.State.Ending);
    }

    [Fact]
    public void A_configuration_is_proposed_only_when_the_replicates_of_the_one_before_have_started()
    {
        var sweep = new TestSweep("replicates: 2", trials: 3);
        sweep.Assign(1);
        Assert.Equal((1, 2), (sweep.State.ConfigurationCount, sweep.State.TrialCount));
        sweep.Assign(2);
        Assert.Equal((1, 2), (sweep.State.ConfigurationCount, sweep.State.TrialCount));
        sweep.Assign(3);
        Assert.Equal((2, 4), (sweep.State.ConfigurationCount, sweep.State.TrialCount));
    }

    [Fact]
    public void Replicates_change_nothing_in_what_is_proposed()
    {
        var once = new TestSweep(trials: 4, epochs: 1);
        var twice = new TestSweep("replicates: 2", trials: 4, epochs: 1);
        once.RunToTheEnd();
        twice.RunToTheEnd();
        Assert.Equal(once.State.Trials.Select(trial => trial.Hyperparameters), twice.State.Trials.Where(trial => trial.Replicate == 1).Select(trial => trial.Hyperparameters));
    }

    [Fact]
    public void Replicates_of_the_same_number_share_a_seed_across_configurations()
    {
        var sweep = new TestSweep("replicates: 3", trials: 2, epochs: 1);
        sweep.RunToTheEnd();
        var seeds = sweep.State.Trials.Select(trial => trial.Seed).ToList();
        Assert.Equal(seeds[..3], seeds[3..]);
        Assert.Equal(3, seeds.Distinct().Count());
    }

    [Fact]
    public void Final_replicates_change_nothing_in_the_search_and_share_their_seeds()
    {
        var without = new TestSweep(trials: 3, epochs: 1);
        var with = new TestSweep(trials: 3, epochs: 1, final: "{top: 2, seeds: 3}");
        without.RunToTheEnd();
        with.RunToTheEnd();
        var (plain, repeated) = (without.State.Trials.ToList(), with.State.Trials.ToList());
        Assert.Equal(plain.Select(trial => (trial.ConfigurationHash, trial.Seed)), repeated[..3].Select(trial => (trial.ConfigurationHash, trial.Seed)));
        Assert.Equal(repeated[3..5].Select(trial => trial.Seed), repeated[5..].Select(trial => trial.Seed));
        Assert.Equal(5, repeated.Select(trial => trial.Seed).Distinct().Count());
    }

    [Fact]
    public void Seeds_of_sweeps_without_replicates_stay_what_they_are()
    {
        var sweep = new TestSweep("seed: 7", trials: 2);
        sweep.RunToTheEnd();
        Assert.Equal([6404977269489034672, 8981193799292669950], sweep.State.Trials.Select(trial => trial.Seed));
    }

    [Fact]
    public void Only_the_best_configurations_are_repeated_after_the_search()
    {
        var sweep = new TestSweep(trials: 4, epochs: 1, final: "{top: 2, seeds: 3}");
        sweep.RunToTheEnd(trial => trial.Id.Number is 2 or 4 ? 0.9 - trial.Id.Number / 100.0 : 0.5);
        var hashes = sweep.State.Trials.Select(trial => trial.ConfigurationHash).ToList();
        Assert.Equal([hashes[1], hashes[1], hashes[3], hashes[3]], hashes[4..]);
        Assert.Equal([2, 3, 2, 3], sweep.State.Trials.Skip(4).Select(trial => trial.Replicate));
        Assert.Equal(SweepEnding.AllTrialsEnded, sweep.State.Ending);
    }

    [Fact]
    public void What_the_final_replicates_show_brings_in_no_other_configuration()
    {
        var sweep = new TestSweep(trials: 3, epochs: 1, final: "{top: 1, seeds: 3}");
        sweep.RunToTheEnd(trial => trial.Replicate > 1 ? 0.1 : 0.9 - trial.Id.Number / 100.0);
        Assert.Equal(5, sweep.State.TrialCount);
        Assert.Equal(3, sweep.State.Trials.Count(trial => trial.ConfigurationHash == sweep.State[new TrialId(1)].ConfigurationHash));
    }

    [Fact]
    public void With_replicates_in_the_search_the_best_are_brought_up_to_their_number_by_their_means()
    {
        var sweep = new TestSweep("replicates: 2", trials: 2, epochs: 1, final: "{top: 1, seeds: 4}");
        sweep.RunToTheEnd(trial => trial.Id.Number switch { 1 => 0.9, 2 => 0.1, _ => 0.6 });
        Assert.Equal([3, 4], sweep.State.Trials.Skip(4).Select(trial => trial.Replicate));
        Assert.All(sweep.State.Trials.Skip(4), trial => Assert.Equal(sweep.State[new TrialId(3)].ConfigurationHash, trial.ConfigurationHash));
    }

    [Fact]
    public void No_final_replicate_is_created_while_a_trial_of_the_search_is_left()
    {
        var sweep = new TestSweep(trials: 2, epochs: 1, final: "{top: 1, seeds: 3}");
        var first = sweep.Assign(1)!.Value;
        var second = sweep.Assign(2)!.Value;
        sweep.Record(1, first, Report(1));
        Assert.Null(sweep.Assign(1));
        sweep.Lose(2);
        Assert.Equal(second.Trial, sweep.Assign(1)!.Value.Trial);
        Assert.Equal(2, sweep.State.TrialCount);
    }

    [Fact]
    public void A_final_replicate_that_fails_is_not_replaced()
    {
        var sweep = new TestSweep(trials: 1, epochs: 1, final: "{top: 1, seeds: 3}");
        sweep.Record(1, sweep.Assign(1)!.Value, Report(1));
        sweep.End(1, sweep.Assign(1)!.Value, AttemptEnding.OutOfMemory);
        sweep.RunToTheEnd();
        Assert.Equal(3, sweep.State.TrialCount);
        Assert.Equal(SweepEnding.AllTrialsEnded, sweep.State.Ending);
    }

    [Fact]
    public void A_search_without_a_result_leaves_nothing_to_repeat()
    {
        var sweep = new TestSweep(trials: 1, final: "{top: 1, seeds: 3}");
        sweep.End(1, sweep.Assign(1)!.Value, AttemptEnding.OutOfMemory);
        Assert.Equal(1, sweep.State.TrialCount);
        Assert.Equal(SweepEnding.AllTrialsEnded, sweep.State.Ending);
    }

    [Fact]
    public void Limits_hold_for_final_replicates_too()
    {
        var sweep = new TestSweep("limits: {max_epochs_total: 4}", trials: 2, epochs: 1, final: "{top: 2, seeds: 5}");
        sweep.RunToTheEnd();
        Assert.Equal(SweepEnding.EpochLimit, sweep.State.Ending);
        Assert.Equal(4, sweep.State.EpochsTotal);
        Assert.Equal(6, sweep.State.Trials.Count(trial => trial.Outcome == TrialOutcome.Cancelled));
    }

    [Fact]
    public void An_exhausted_space_is_repeated_and_then_the_sweep_ends()
    {
        var definition = Define("""
            name: test
            replicates: 2
            dataset: {name: digits}
            model: {family: resnet, blocks: [1], widths: [4]}
            training: {epochs: 1}
            parameters: {learning_rate: {values: [0.1, 0.2]}}
            search: {algorithm: random, trials: 10, final_replicates: {top: 1, seeds: 3}}
            """);
        var sweep = new TestSweep(definition);
        sweep.RunToTheEnd();
        Assert.Equal([1, 2, 1, 2, 3], sweep.State.Trials.Select(trial => trial.Replicate));
        Assert.Equal(SweepEnding.AllTrialsEnded, sweep.State.Ending);
    }

    [Fact]
    public void Replicates_of_one_configuration_that_fail_are_no_failure_storm()
    {
        var sweep = new TestSweep("replicates: 3\nretries: {max_attempts: 1}", trials: 5);
        for (var trial = 1; trial <= 6; trial++) sweep.End(1, sweep.Assign(1)!.Value, AttemptEnding.Failed);
        Assert.Null(sweep.State.Ending);
        sweep.End(1, sweep.Assign(1)!.Value, AttemptEnding.Failed);
        Assert.Equal(SweepEnding.FailureStorm, sweep.State.Ending);
    }

    /// <summary>Whatever happened, each configuration has the replicates 1, 2, 3 … of the search, and only the best so many have more.</summary>
    internal static void AssertReplicatesAreWhole(TestSweep sweep)
    {
        var settings = sweep.Definition.Replicates;
        var configurations = sweep.State.Trials.GroupBy(trial => trial.ConfigurationHash).Select(trials => trials.Select(trial => trial.Replicate).ToList()).ToList();
        Assert.All(configurations, replicates => Assert.Equal(Enumerable.Range(1, replicates.Count), replicates));
        Assert.All(configurations, replicates => Assert.True(replicates.Count == settings.OfEach || replicates.Count == settings.OfBest));
        if (settings.Final is { } final) Assert.InRange(configurations.Count(replicates => replicates.Count > settings.OfEach), 0, final.Top);
        Assert.Equal(sweep.State.ConfigurationCount, configurations.Count);
    }
}
