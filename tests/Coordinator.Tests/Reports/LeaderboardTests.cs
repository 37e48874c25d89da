using CsCheck;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Reports;

public sealed class LeaderboardTests
{
    private static readonly SweepFacts ByTest = Trial.Sweep with { Objective = new Objective(ObjectiveMetric.TestAccuracy) };

    [Fact]
    public void What_the_scheduler_stopped_is_counted_by_rung_with_the_epochs_that_it_saved()
    {
        TrialState Stopped(int number, params EpochReport[] reports) => Trial.Of(number, TrialOutcome.Stopped, reports) with { ByScheduler = true };
        var (first, second) = (Trial.Epoch(1, 0.5, 0.5, 0.5), Trial.Epoch(2, 0.6, 0.6, 0.6));
        TrialState[] trials = [Stopped(1, first), Stopped(2, first), Stopped(3, first, second), Trial.Of(4, TrialOutcome.Stopped, first)];
        var asha = Trial.Sweep with { Scheduler = SchedulerKind.Asha };

        Assert.Equal(
            "asha stopped 3 of 4 trials (2 after 1 epoch, 1 after 2 epochs) and saved 14 of 24 epochs",
            LeaderboardSentences.Scheduler(Leaderboard.Of(asha, trials, ended: true)));
        Assert.Equal("asha stopped none of 1 trial", LeaderboardSentences.Scheduler(Leaderboard.Of(asha, [trials[3]], ended: true)));
        Assert.Equal(
            "asha keeps back 1 of 1 trial (1 after 1 epoch) and saved 5 of 6 epochs",
            LeaderboardSentences.Scheduler(Leaderboard.Of(asha, [Trial.Of(1, null, first) with { IsRunning = false, IsPaused = true }], ended: false)));
        Assert.Null(LeaderboardSentences.Scheduler(Leaderboard.Of(Trial.Sweep, trials, ended: true)));
    }

    [Fact]
    public void A_trial_that_was_short_of_memory_says_over_how_many_micro_batches_it_accumulated()
    {
        var trial = Trial.Of(1, TrialOutcome.Completed, Trial.Epoch(1, 0.6, 0.5, 0.5), Trial.Epoch(2, 0.7, 0.6, 0.6) with { MicroBatches = 4 });
        Assert.Equal("short of memory: accumulated over 4 micro-batches", DetailOf(trial));
        Assert.Equal("no improvement; short of memory: accumulated over 4 micro-batches", DetailOf(trial with { Detail = "no improvement" }));
        var network = (NetworkConfiguration)trial.Configuration;
        var asked = network with { Training = network.Training with { Accumulate = 4 } };
        Assert.Null(DetailOf(trial with { Configuration = asked }));

        static string? DetailOf(TrialState trial) => LeaderboardRow.Of(Trial.Sweep.Objective, trial, sweepEnded: true).Detail;
    }

    [Fact]
    public void Memory_is_the_most_of_all_epochs_and_unknown_where_none_was_measured()
    {
        var trial = Trial.Of(1, TrialOutcome.Completed,
            Trial.Epoch(1, 0.6, 0.5, 0.5) with { PeakMemoryBytes = 5 }, Trial.Epoch(2, 0.6, 0.5, 0.5) with { PeakMemoryBytes = 7 },
            Trial.Epoch(3, 0.6, 0.5, 0.5) with { PeakMemoryBytes = null }, Trial.Epoch(4, 0.6, 0.5, 0.5) with { PeakMemoryBytes = 6 });
        Assert.Equal(7, RowOf(trial).PeakMemoryBytes);
        Assert.Null(RowOf(trial with { Reports = [.. trial.Reports.Select(report => report with { PeakMemoryBytes = null })] }).PeakMemoryBytes);
    }

    [Fact]
    public void Trials_that_ended_in_order_are_ranked_by_the_objective_and_the_others_follow_by_number()
    {
        var board = Leaderboard.Of(Trial.Sweep, [.. Trial.Mixed.Reverse()], ended: true);
        Assert.Equal([3, 1, 2, 4, 5, 6], board.Rows.Select(row => row.Trial.Number));
        Assert.Equal([1, 2, 3, null, null, null], board.Rows.Select(row => row.Rank));
        Assert.Equal(3, board.Winner!.Trial.Number);
    }

    [Fact]
    public void Best_test_accuracy_stands_beside_the_one_that_validation_chose()
    {
        var row = RowOf(Trial.Mixed[2]);
        Assert.Equal((0.92, 4), (row.Objective, row.ObjectiveEpoch));
        Assert.Equal((0.91, 3), (row.BestTestAccuracy, row.BestTestEpoch));
        Assert.Equal((0.90, 4), (row.TestAccuracy, row.ChosenEpoch));
        Assert.Equal((0.91, -0.01), (row.TrainAccuracy, row.Gap));
    }

    [Fact]
    public void The_first_of_equal_epochs_is_the_best() => Assert.Equal(3, RowOf(Trial.Mixed[0]).ObjectiveEpoch);

    [Fact]
    public void Between_equal_objectives_the_lower_held_out_loss_wins_and_then_the_lower_number()
    {
        TrialState WithLoss(int number, double loss) => Trial.Of(
            number, TrialOutcome.Completed, Trial.Epoch(1, 0.9, 0.8, 0.8) with { Validation = new Evaluation(loss, 0.8) });
        var board = Leaderboard.Of(Trial.Sweep, [WithLoss(1, 0.5), WithLoss(2, double.NaN), WithLoss(3, 0.4), WithLoss(4, 0.4)], ended: true);
        Assert.Equal([3, 4, 1, 2], board.Rows.Select(row => row.Trial.Number));
    }

    [Fact]
    public void A_loss_ranks_the_lowest_first()
    {
        var sweep = Trial.Sweep with { Objective = new Objective(ObjectiveMetric.ValidationLoss) };
        var board = Leaderboard.Of(sweep, Trial.Mixed, ended: true);
        Assert.Equal([3, 1, 2], board.Rows.Take(3).Select(row => row.Trial.Number));
    }

    [Fact]
    public void A_trial_without_a_finite_objective_is_not_ranked()
    {
        var board = Leaderboard.Of(Trial.Sweep, [Trial.Of(1, TrialOutcome.Completed, Trial.Epoch(1, 0.5, double.NaN, 0.5)), Trial.Of(2, TrialOutcome.Completed)], true);
        Assert.All(board.Rows, row => Assert.Null(row.Rank));
        Assert.Null(board.Winner);
    }

    [Fact]
    public void An_epoch_of_NaN_is_never_the_best()
    {
        var row = RowOf(Trial.Of(1, TrialOutcome.Completed,
            Trial.Epoch(1, 0.5, double.NaN, double.NaN), Trial.Epoch(2, 0.5, 0.4, 0.3), Trial.Epoch(3, 0.5, double.NaN, double.NaN)));
        Assert.Equal((0.4, 2), (row.Objective, row.ObjectiveEpoch));
        Assert.Equal((0.3, 2), (row.BestTestAccuracy, row.BestTestEpoch));
    }

    [Fact]
    public void An_unfinished_trial_is_running_or_waiting_until_the_sweep_has_ended()
    {
        var running = Trial.Of(1, null, Trial.Epoch(1, 0.5, 0.5, 0.5));
        var waiting = running with { IsRunning = false };
        Assert.Equal([RowOutcome.Running, RowOutcome.Waiting], new[] { running, waiting }.Select(trial => LeaderboardRow.Of(Trial.Sweep.Objective, trial, false).Outcome));
        Assert.Equal(RowOutcome.Cancelled, LeaderboardRow.Of(Trial.Sweep.Objective, running, sweepEnded: true).Outcome);
    }

    [Fact]
    public void Where_test_images_choose_every_row_still_says_what_validation_would_have_chosen()
    {
        var board = Leaderboard.Of(ByTest, Trial.Mixed, ended: true);
        var row = board.Winner!;
        Assert.Equal((0.91, 3), (row.Objective, row.ObjectiveEpoch));
        Assert.Equal((0.90, 4), (row.TestAccuracy, row.ChosenEpoch));
        Assert.Contains("test images chose the winner", board.Notice, StringComparison.Ordinal);
        Assert.Null(Leaderboard.Of(Trial.Sweep, Trial.Mixed, ended: true).Notice);
    }

    [Fact]
    public void Without_validation_images_no_test_accuracy_may_be_claimed()
    {
        var row = LeaderboardRow.Of(ByTest.Objective, Trial.Of(1, TrialOutcome.Completed, Trial.Epoch(1, 0.9, 0, 0.8) with { Validation = null }), true);
        Assert.Equal((1, 0.1), (row.ChosenEpoch, row.Gap));
        Assert.Null(row.TestAccuracy);
    }

    [Fact]
    public void A_parameter_that_only_later_trials_have_stands_behind_its_predecessor()
    {
        var none = Trial.Number(0);
        var board = Leaderboard.Of(Trial.Sweep, [
            Trial.Of(1, null).With(("a", none), ("c", none)),
            Trial.Of(2, null).With(("a", none), ("b", none), ("c", none), ("d", none))], ended: false);
        Assert.Equal(["a", "b", "c", "d"], board.ParameterNames);
    }

    private static LeaderboardRow RowOf(TrialState trial) => LeaderboardRow.Of(Trial.Sweep.Objective, trial, sweepEnded: true);
}
