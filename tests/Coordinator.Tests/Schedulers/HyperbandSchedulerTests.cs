using Sweep.Coordinator.Schedulers;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Schedulers;

public sealed class HyperbandSchedulerTests
{
    /// <summary>Table 1 of the paper, R = 81 and η = 3, has 81, 27, 9, 6 and 5 trials; by its formula, which it rounds elsewhere, 81, 34, 15, 8 and 5.</summary>
    [Fact]
    public void Trials_are_dealt_to_brackets_in_the_papers_proportions()
    {
        var scheduler = new HyperbandScheduler(minEpochs: 1, maxEpochs: 81, factor: 3);
        var counts = Enumerable.Range(1, 1_430).CountBy(trial => scheduler.BracketOf(new TrialId(trial))).OrderBy(count => count.Key).Select(count => count.Value);
        Assert.All(Enumerable.Zip(counts, (int[])[810, 340, 150, 80, 50]), pair => Assert.InRange(pair.First, pair.Second - 3, pair.Second + 3));
    }

    [Fact]
    public void The_first_dozen_trials_are_in_several_brackets()
    {
        var scheduler = new HyperbandScheduler(minEpochs: 1, maxEpochs: 81, factor: 3);
        Assert.InRange(Enumerable.Range(1, 12).Select(trial => scheduler.BracketOf(new TrialId(trial))).Distinct().Count(), 3, 5);
    }

    [Fact]
    public void Replicates_of_a_configuration_share_its_bracket()
    {
        var scheduler = new HyperbandScheduler(minEpochs: 1, maxEpochs: 81, factor: 3, replicates: 4);
        for (var first = 1; first < 100; first += 4)
            Assert.Single(Enumerable.Range(first, 4).Select(trial => scheduler.BracketOf(new TrialId(trial))).Distinct());
    }

    [Fact]
    public void Trials_are_compared_within_their_bracket()
    {
        IScheduler scheduler = new HyperbandScheduler(minEpochs: 1, maxEpochs: 81, factor: 3);
        var brackets = new HyperbandScheduler(minEpochs: 1, maxEpochs: 81, factor: 3);
        var second = Enumerable.Range(1, 200).Select(number => new TrialId(number)).Where(trial => brackets.BracketOf(trial) == 1).Take(3).ToList();
        foreach (var trial in second)
        {
            var early = new Standing(trial, 1, 0.1, 0.1);
            scheduler = scheduler.Reported(early);
            Assert.IsType<SchedulerDecision.Continue>(scheduler.Decide(early));
            var standing = new Standing(trial, 3, -trial.Number, 0);
            scheduler = scheduler.Reported(standing);
            Assert.IsType<SchedulerDecision.Pause>(scheduler.Decide(standing));
            scheduler = scheduler.Paused(standing);
        }
        Assert.Equal(second[0], scheduler.NextToPromote(isSearchOver: false));
    }
}
