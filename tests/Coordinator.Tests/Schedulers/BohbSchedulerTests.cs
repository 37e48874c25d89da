using Sweep.Coordinator.Schedulers;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Schedulers;

public sealed class BohbSchedulerTests
{
    /// <summary>The first trials are in several brackets, of which some have no rung at one epoch.</summary>
    [Fact]
    public void Results_at_each_budget_are_those_of_all_brackets_and_include_whole_trainings()
    {
        IScheduler scheduler = new BohbScheduler(minEpochs: 1, maxEpochs: 9, factor: 3);
        for (var trial = 1; trial <= 12; trial++)
            for (var epoch = 1; epoch <= (trial % 3 == 0 ? 9 : 4); epoch++)
                scheduler = scheduler.Reported(new Standing(new TrialId(trial), epoch, epoch == 1 ? trial : -trial, 0));

        var budgets = ((BohbScheduler)scheduler).Budgets.ToList();
        Assert.Equal([(9, 4), (3, 12), (1, 12)], budgets.Select(budget => (budget.Epochs, budget.Results.Count)));
        Assert.Equal([3, 6, 9, 12], Enumerable.Range(0, 4).Select(rank => budgets[0].Results[rank].Number));
        Assert.Equal(12, budgets[2].Results[0].Number);
    }
}
