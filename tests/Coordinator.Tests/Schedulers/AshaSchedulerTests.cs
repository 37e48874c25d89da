using Sweep.Coordinator.Schedulers;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Schedulers;

public sealed class AshaSchedulerTests
{
    private IScheduler _scheduler = new AshaScheduler(minEpochs: 1, maxEpochs: 27, factor: 3);

    [Fact]
    public void The_first_trials_of_a_rung_pause_and_the_best_of_three_goes_on()
    {
        Assert.True(Pauses(1, 1, 0.5));
        Assert.Null(_scheduler.NextToPromote(isSearchOver: false));
        Assert.True(Pauses(2, 1, 0.6));
        Assert.True(Pauses(3, 1, 0.4));
        Assert.Equal(new TrialId(2), _scheduler.NextToPromote(isSearchOver: false));
    }

    [Fact]
    public void A_trial_that_reaches_a_rung_among_the_best_third_does_not_pause()
    {
        Pauses(1, 1, 0.5);
        Pauses(2, 1, 0.6);
        Assert.False(Pauses(3, 1, 0.7));
        Assert.Null(_scheduler.NextToPromote(isSearchOver: false));
    }

    [Fact]
    public void The_highest_rung_with_a_candidate_comes_first()
    {
        for (var trial = 1; trial <= 3; trial++) Pauses(trial, 3, 0.8 - trial * 0.01);
        for (var trial = 4; trial <= 9; trial++) Pauses(trial, 1, 0.9 - trial * 0.01);
        Assert.False(Pauses(10, 3, 0.99));
        Pauses(11, 3, 0.1);
        Pauses(12, 3, 0.1);
        Assert.Equal(new TrialId(1), _scheduler.NextToPromote(isSearchOver: false));
    }

    [Fact]
    public void Who_was_promoted_keeps_its_place_and_is_not_promoted_again()
    {
        Pauses(1, 1, 0.6);
        Pauses(2, 1, 0.5);
        Pauses(3, 1, 0.4);
        _scheduler = _scheduler.Left(new Standing(new TrialId(1), 1, 0.6, 0.6));
        Assert.Null(_scheduler.NextToPromote(isSearchOver: false));
        Pauses(4, 1, 0.3);
        Pauses(5, 1, 0.2);
        Pauses(6, 1, 0.1);
        Assert.Equal(new TrialId(2), _scheduler.NextToPromote(isSearchOver: false));
    }

    [Fact]
    public void When_the_search_is_over_a_rung_of_two_lets_its_best_go_on()
    {
        Pauses(1, 9, 0.5);
        Pauses(2, 9, 0.6);
        Assert.Null(_scheduler.NextToPromote(isSearchOver: false));
        Assert.Equal(new TrialId(2), _scheduler.NextToPromote(isSearchOver: true));
        _scheduler = _scheduler.Left(new Standing(new TrialId(2), 9, 0.6, 0.6));
        Assert.Null(_scheduler.NextToPromote(isSearchOver: true));
    }

    [Fact]
    public void A_trial_without_a_finite_value_stands_behind_all_others()
    {
        Pauses(1, 1, double.NegativeInfinity);
        Pauses(2, 1, 0.1);
        Assert.True(Pauses(3, 1, double.NegativeInfinity));
        Assert.Equal(new TrialId(2), _scheduler.NextToPromote(isSearchOver: false));
    }

    [Fact]
    public void Between_rungs_everybody_goes_on() => Assert.False(Pauses(1, 2, 0.1));

    [Fact]
    public void A_bracket_leaves_out_as_many_rungs()
    {
        _scheduler = new AshaScheduler(minEpochs: 1, maxEpochs: 27, factor: 3, bracket: 1);
        Assert.False(Pauses(1, 1, 0.1));
        Assert.True(Pauses(1, 3, 0.1));
    }

    [Fact]
    public void The_reason_says_the_place_and_the_rung()
    {
        Pauses(1, 3, 0.5);
        var standing = new Standing(new TrialId(2), 3, 0.4, 0.4);
        Assert.Equal(
            new SchedulerDecision.Pause("place 2 of 2 after 3 epochs, where 0 may go on"),
            _scheduler.Reported(standing).Decide(standing));
    }

    /// <summary>Paper, section 3.2: of n trials that have reached a rung, n / η go on in the end, and they are the best.</summary>
    [Fact]
    public void In_the_end_the_best_third_of_the_lowest_rung_has_gone_on()
    {
        var random = new CounterRandom(1);
        var scores = Enumerable.Range(1, 99).ToDictionary(trial => trial, _ => random.NextDouble());
        var gone = new HashSet<int>();
        foreach (var (trial, score) in scores)
        {
            if (!Pauses(trial, 1, score)) gone.Add(trial);
            while (_scheduler.NextToPromote(isSearchOver: false) is { } promoted)
            {
                gone.Add(promoted.Number);
                _scheduler = _scheduler.Left(new Standing(promoted, 1, scores[promoted.Number], 0));
            }
        }
        Assert.Superset(scores.OrderByDescending(entry => entry.Value).Take(33).Select(entry => entry.Key).ToHashSet(), gone);
    }

    private bool Pauses(int trial, int epoch, double score)
    {
        var standing = new Standing(new TrialId(trial), epoch, score, score);
        _scheduler = _scheduler.Reported(standing);
        if (_scheduler.Decide(standing) is not SchedulerDecision.Pause) return false;
        _scheduler = _scheduler.Paused(standing);
        return true;
    }
}
