using Sweep.Coordinator.Trials;

namespace Sweep.Deploy.Tests.Autoscaling;

public sealed class DemandTests
{
    private const int Hours = 3_600, MostWorkers = 8;

    public static TheoryData<int, string> Cases
    {
        get
        {
            var cases = new TheoryData<int, string>();
            foreach (var startUp in new[] { 60, 120, 180, 240, 300 })
                foreach (var limits in new[] { "{}", "{max_parallel_trials: 3}", "{max_epochs_total: 31}", "{max_duration: 30m}" })
                    cases.Add(startUp, limits);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Workers_come_once_and_go_once(int startUp, string limits)
    {
        var cluster = new SimulatedCluster(Sweep(trials: 20, limits), startUp, MostWorkers, EpochSeconds);
        cluster.Run(24 * Hours);

        Assert.NotNull(cluster.State.Ending);
        Assert.Equal(0, cluster.Demand);
        Assert.Equal(0, cluster.Replicas[^1]);
        Assert.Equal(0, Rises(cluster.Demands));
        Assert.Equal(0, Rises(cluster.Replicas));
        Assert.True(cluster.Replicas.Max() <= Math.Min(MostWorkers, cluster.State.Definition.Limits.MaxParallelTrials ?? int.MaxValue));
    }

    /// <summary>Nobody is ended who trains: what falls is the demand, and it falls only by trials that have ended.</summary>
    [Theory]
    [InlineData(60)]
    [InlineData(300)]
    public void Scaling_down_costs_at_most_the_epoch_in_progress(int startUp)
    {
        var cluster = new SimulatedCluster(Sweep(trials: 20, "{}"), startUp, MostWorkers, EpochSeconds);
        cluster.Run(24 * Hours);
        var ended = Enumerable.Range(1, cluster.Replicas.Count - 1).Sum(second => Math.Max(0, cluster.Replicas[second - 1] - cluster.Replicas[second]));
        Assert.Equal(MostWorkers, ended);
        Assert.InRange(cluster.SecondsLost, 0, ended * Enumerable.Range(1, 20).Max(EpochSeconds));
        Assert.All(cluster.State.Trials, trial => Assert.Equal(TrialOutcome.Completed, trial.Outcome));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(300)]
    public void Workers_that_die_change_no_demand_but_by_the_trials_that_end(int startUp)
    {
        var cluster = new SimulatedCluster(Sweep(trials: 20, "{}"), startUp, MostWorkers, EpochSeconds);
        cluster.Run(24 * Hours, second =>
        {
            if (second % 700 == 699) cluster.KillOne();
        });
        Assert.Equal(SweepEnding.AllTrialsEnded, cluster.State.Ending);
        Assert.Equal(0, Rises(cluster.Demands));
        Assert.Equal(0, Rises(cluster.Replicas));
    }

    [Fact]
    public void Demand_rises_with_the_trials_that_wait_and_not_above_the_limit()
    {
        Assert.Equal(5, new SimulatedCluster(Sweep(trials: 5, "{}"), 60, 1, EpochSeconds).Demand);
        Assert.Equal(9, new SimulatedCluster(Sweep(trials: 9, "{}"), 60, 1, EpochSeconds).Demand);
        Assert.Equal(4, new SimulatedCluster(Sweep(trials: 9, "{max_parallel_trials: 4}"), 60, 1, EpochSeconds).Demand);
        Assert.Equal(18, new SimulatedCluster(Sweep(trials: 9, "{}", "replicates: 2"), 60, 1, EpochSeconds).Demand);
    }

    /// <summary>When the search is over, its best are repeated: that is new work, and the only time that demand rises.</summary>
    [Fact]
    public void Repeating_the_best_raises_demand_once()
    {
        var cluster = new SimulatedCluster(Sweep(trials: 6, "{}", "search.final"), 120, MostWorkers, EpochSeconds);
        cluster.Run(24 * Hours);
        Assert.Equal(SweepEnding.AllTrialsEnded, cluster.State.Ending);
        Assert.Equal(1, Rises(cluster.Demands));
        Assert.Equal(0, cluster.Demands[^1]);
    }

    /// <summary>Trials differ in length by a factor of four, as layouts do.</summary>
    private static int EpochSeconds(int trial) => 60 + trial * 37 % 180;

    /// <summary>How often the figure rises after it has fallen.</summary>
    private static int Rises(List<int> figures)
    {
        var (rises, hasFallen) = (0, false);
        for (var second = 1; second < figures.Count; second++)
        {
            if (figures[second] > figures[second - 1] && hasFallen) (rises, hasFallen) = (rises + 1, false);
            if (figures[second] < figures[second - 1]) hasFallen = true;
        }
        return rises;
    }

    private static string Sweep(int trials, string limits, string more = "")
    {
        var final = more == "search.final" ? ", final_replicates: {top: 2, seeds: 3}" : "";
        return $"""
            name: simulated
            dataset: {"{name: digits}"}
            model: {"{family: resnet, blocks: [1, 1], widths: [8, 16]}"}
            training: {"{epochs: 6, batch_size: 32}"}
            parameters:
              learning_rate: {"{distribution: log_uniform, min: 0.001, max: 0.1}"}
            search: {"{"}algorithm: random, trials: {trials}{final}{"}"}
            limits: {limits}
            {(final == "" ? more : "")}
            """;
    }
}
