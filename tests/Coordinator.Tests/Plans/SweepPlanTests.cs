using System.Text.Json;
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

    /// <summary>Four trials to epoch 2, two on to 4, one on to 8 and 16 and to the end: 8 + 4 + 16.</summary>
    [Fact]
    public void Halving_leaves_fewer_epochs()
    {
        var plan = PlanOf("scheduler: {name: asha, min_epochs: 2, reduction_factor: 2}");
        Assert.Equal([2, 4, 8, 16], plan.Scheduler!.Rungs);
        Assert.Equal(28, plan.Scheduler.ExpectedEpochs);
        Assert.Contains("asha: after 2, 4, 8, 16 epochs the best 1 in 2 go on; about 28 epochs expected", PlanText.Of(plan), StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_knows_beforehand_what_the_median_rule_saves() =>
        Assert.Contains(
            "median: from 3 epochs on, a trial worse than the median of the others stops",
            PlanText.Of(PlanOf("scheduler: {name: median, min_epochs: 3}")), StringComparison.Ordinal);

    [Fact]
    public void The_limit_of_trials_holds_over_all_replicates() => Assert.Equal(7, PlanOf("replicates: 3\nlimits: {max_trials: 7}").Trials);

    [Fact]
    public void Memory_is_estimated_for_one_micro_batch()
    {
        var (whole, cut) = (PlanOf("").Layouts[0], PlanOf("", "accumulate: 4").Layouts[0]);
        Assert.Equal(128, whole.BatchSize);
        Assert.Equal(32, cut.BatchSize);
        Assert.True(cut.MemoryBytes < whole.MemoryBytes);
    }

    [Fact]
    public void A_micro_batch_is_as_large_as_the_worker_would_cut_it() =>
        Assert.Equal([3, 2], [PlanOf("", "batch_size: 33, accumulate: 16").Layouts[0].BatchSize, PlanOf("", "batch_size: 32, accumulate: 32").Layouts[0].BatchSize]);

    [Fact]
    public void A_trial_that_needs_more_memory_than_a_worker_has_is_named_with_what_to_do()
    {
        var plan = PlanOf("");
        var needed = plan.First.Max(trial => trial.LeastMemoryBytes);
        Assert.Null(plan.ProblemWithMemory(needed!.Value));
        Assert.Equal(
            "trial 1 needs about 2 MiB at batch size 128, and a worker has 1 MiB; lower batch_size, give accumulate: auto, or start fewer workers",
            plan.ProblemWithMemory(1 << 20));
    }

    [Fact]
    public void A_trial_that_cuts_finer_by_itself_is_a_problem_only_where_its_smallest_micro_batch_is_one()
    {
        var auto = PlanOf("", "batch_size: 128, accumulate: auto");
        Assert.Null(auto.ProblemWithMemory(1 << 20));
        Assert.Equal(
            "trial 1 needs about 0 MiB at batch size 128 in 64 micro-batches, and a worker has 0 MiB; take a smaller network, or start fewer workers",
            auto.ProblemWithMemory(1));
    }

    [Fact]
    public void That_one_trial_may_cut_finer_does_not_excuse_another()
    {
        var plan = PlanOf("", "batch_size: 128", "accumulate: {values: [1, auto]}");
        Assert.Equal([false, true], plan.First.Select(trial => trial.Network!.Training.AutoAccumulate).Distinct());
        Assert.StartsWith("trial 1 needs", plan.ProblemWithMemory(1 << 20), StringComparison.Ordinal);
    }

    [Fact]
    public void For_programs_a_trial_has_its_epochs_and_batch_size()
    {
        using var stream = new MemoryStream();
        PlanJson.Write(stream, PlanOf(""));
        using var json = JsonDocument.Parse(stream.ToArray());
        var trial = json.RootElement.GetProperty("first")[1];
        Assert.Equal(["trial", "hyperparameters", "epochs", "batch_size"], trial.EnumerateObject().Select(property => property.Name));
        Assert.Equal((20, 128), (trial.GetProperty("epochs").GetInt32(), trial.GetProperty("batch_size").GetInt32()));
    }

    private static SweepPlan PlanOf(string more, string training = "batch_size: 128", string parameter = "learning_rate: {values: [0.1, 0.2]}")
    {
        var definition = TestSweep.Define($$$"""
            name: test
            dataset: {name: digits}
            model: {family: resnet, blocks: [1], widths: [4]}
            training: {epochs: 10, {{{training}}}}
            parameters: {{{{parameter}}}, epochs: {values: [10, 20]}}
            {{{more}}}
            """);
        return SweepPlan.Of(definition, Sampler.Create(definition));
    }
}
