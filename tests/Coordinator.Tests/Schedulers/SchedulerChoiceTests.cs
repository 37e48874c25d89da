using Sweep.Coordinator.Schedulers;
using Sweep.Coordinator.SweepFiles;

namespace Sweep.Coordinator.Tests.Schedulers;

public sealed class SchedulerChoiceTests
{
    [Fact]
    public void A_search_that_learns_is_prepared_by_a_screen() =>
        AssertChoice(SchedulerKind.Screening, 1, SearchAlgorithm.Gp, trials: 1_000, maxEpochs: 81);

    [Theory]
    [InlineData(162, 1)]
    [InlineData(161, 3)]
    [InlineData(53, 9)]
    [InlineData(6, 27)]
    public void The_screen_takes_at_most_half_of_the_trials(int trials, int minEpochs) =>
        AssertChoice(SchedulerKind.Screening, minEpochs, SearchAlgorithm.Gp, trials, maxEpochs: 81);

    [Fact]
    public void Few_trials_and_short_ones_are_all_trained_in_full()
    {
        AssertChoice(SchedulerKind.None, 1, SearchAlgorithm.Gp, trials: 5, maxEpochs: 81);
        AssertChoice(SchedulerKind.None, 1, SearchAlgorithm.Gp, trials: 1_000, maxEpochs: 2);
    }

    [Fact]
    public void A_search_that_does_not_learn_is_halved_all_along() =>
        AssertChoice(SchedulerKind.Asha, 1, SearchAlgorithm.Random, trials: 1_000, maxEpochs: 81);

    private static void AssertChoice(SchedulerKind kind, int minEpochs, SearchAlgorithm algorithm, int trials, int maxEpochs)
    {
        var choice = SchedulerChoice.Of(algorithm, trials, maxEpochs);

        Assert.Equal((kind, minEpochs), (choice.Kind, choice.MinEpochs));
        Assert.NotNull(choice.Reason);
    }
}
