using Sweep.Coordinator.Displays;
using Sweep.Coordinator.Tests.Reports;
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Displays;

public sealed class ProgressSentencesTests
{
    [Fact]
    public void A_finished_trial_is_told_in_a_line()
    {
        Assert.Equal("trial 3 finished: completed, validation accuracy 92.00 %, 4 of 12", ProgressSentences.TrialFinished(Trial.Sweep.Objective, Trial.Mixed[2], 4, 12));
        Assert.Equal("trial 5 finished: failed (the data set is missing | broken), 5", ProgressSentences.TrialFinished(Trial.Sweep.Objective, Trial.Mixed[4], 5, null));
        Assert.EndsWith(", validation loss 0.0800, 1", ProgressSentences.TrialFinished(new Objective(ObjectiveMetric.ValidationLoss), Trial.Mixed[2], 1, null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_state_of_a_sweep_is_told_in_a_line()
    {
        var sweep = (await Glances.OfAsync(Glances.Some())).Sweep;
        Assert.Equal("1 of 4 finished, 2 running, 0 waiting; best trial 1 at 63.00 %", ProgressSentences.State(sweep));
        Assert.StartsWith("1 finished, 2 running, 0 waiting, 3 paused", ProgressSentences.State(sweep with { TrialsTotal = null, Trials = sweep.Trials with { Paused = 3 } }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(40, 31, 55, "about 40 s left (31–55)")]
    [InlineData(240, 180, 360, "about 4 min left (3–6)")]
    [InlineData(240, 235, 245, "about 4 min left")]
    [InlineData(3_600 * 2.5, 3_600 * 1.94, 3_600 * 11, "about 2.5 h left (1.9–11)")]
    [InlineData(86_400 * 3, 86_400 * 2.75, 86_400 * 4, "about 3 days left (2.8–4)")]
    public void What_is_left_has_the_unit_that_fits_and_its_range(double seconds, double low, double high, string words) =>
        Assert.Equal(words, ProgressSentences.Left(new TimeLeft(seconds, low, high)));

    [Theory]
    [InlineData(0, null)]
    [InlineData(41.26, "41.3 a second")]
    [InlineData(0.5, "30 a minute")]
    [InlineData(0.01, "36 an hour")]
    public void Rates_are_told_by_a_time_that_makes_one_or_more(double perSecond, string? words) => Assert.Equal(words, ProgressSentences.Rate(perSecond));
}
