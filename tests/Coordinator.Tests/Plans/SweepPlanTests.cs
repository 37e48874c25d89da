using Sweep.Coordinator.Plans;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.Tests.Trials;

namespace Sweep.Coordinator.Tests.Plans;

public sealed class SweepPlanTests
{
    [Fact]
    public void Without_replicates_each_configuration_is_a_trial()
    {
        var plan = PlanOf("");
        Assert.Equal((4, 60L), (plan.Trials, plan.EpochsTotal));
        Assert.Null(plan.Replicates);
    }

    [Fact]
    public void Replicates_multiply_trials_and_epochs()
    {
        var plan = PlanOf("replicates: 3");
        Assert.Equal((12, 180L), (plan.Trials, plan.EpochsTotal));
        Assert.Equal([1, 4, 7, 10], plan.First.Select(trial => trial.Trial.Number));
        Assert.Contains("test: 12 trials by grid search, seed 0, 180 epochs at most", PlanText.Of(plan), StringComparison.Ordinal);
        Assert.Contains("4 configurations with 3 seeds each", PlanText.Of(plan), StringComparison.Ordinal);
    }

    [Fact]
    public void Final_replicates_count_as_if_the_longest_trials_were_the_best()
    {
        var plan = PlanOf("search: {final_replicates: {top: 2, seeds: 4}}");
        Assert.Equal((10, 60L + 3 * (20 + 20)), (plan.Trials, plan.EpochsTotal));
        Assert.Contains("test: at most 10 trials", PlanText.Of(plan), StringComparison.Ordinal);
        Assert.Contains("4 configurations with 1 seed each, then 3 more for each of the best 2", PlanText.Of(plan), StringComparison.Ordinal);
    }

    [Fact]
    public void No_more_configurations_are_repeated_than_there_are() =>
        Assert.Equal(8 + 4, PlanOf("replicates: 2\nsearch: {final_replicates: {top: 9, seeds: 3}}").Trials);

    [Fact]
    public void The_limit_of_epochs_holds_over_all_replicates() => Assert.Equal(100, PlanOf("replicates: 3\nlimits: {max_epochs_total: 100}").EpochsTotal);

    [Fact]
    public void Memory_is_estimated_for_one_micro_batch()
    {
        var (whole, cut) = (PlanOf("").Layouts[0], PlanOf("", "accumulate: 4").Layouts[0]);
        Assert.Equal(128, whole.BatchSize);
        Assert.Equal(32, cut.BatchSize);
        Assert.True(cut.MemoryBytes < whole.MemoryBytes);
    }

    [Fact]
    public void Too_little_memory_is_no_problem_for_trials_that_accumulate_by_themselves()
    {
        Assert.Contains("accumulate: auto", PlanOf("").ProblemWithMemory(1), StringComparison.Ordinal);
        Assert.Null(PlanOf("", "accumulate: auto").ProblemWithMemory(1));
    }

    private static SweepPlan PlanOf(string more, string training = "batch_size: 128")
    {
        var definition = TestSweep.Define($$$"""
            name: test
            dataset: {name: digits}
            model: {family: resnet, blocks: [1], widths: [4]}
            training: {epochs: 10, {{{training}}}}
            parameters: {learning_rate: {values: [0.1, 0.2]}, epochs: {values: [10, 20]}}
            {{{more}}}
            """);
        return SweepPlan.Of(definition, Sampler.Create(definition));
    }
}
