using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Tests.Trials;

public sealed class FailureTests
{
    private static readonly TrialId First = new(1);

    [Theory]
    [InlineData(AttemptEnding.Released, FailureClass.Preempted, true)]
    [InlineData(AttemptEnding.Failed, FailureClass.Code, true)]
    [InlineData(AttemptEnding.DataFailed, FailureClass.Data, false)]
    [InlineData(AttemptEnding.OutOfMemory, FailureClass.OutOfMemory, false)]
    [InlineData(AttemptEnding.Diverged, FailureClass.Diverged, false)]
    public void Each_ending_has_its_class_and_each_class_its_policy(AttemptEnding ending, FailureClass failure, bool isRetried)
    {
        var sweep = new TestSweep();
        sweep.End(1, sweep.Assign(1)!.Value, ending);

        Assert.Equal(isRetried, sweep.State[First].IsWaiting);
        Assert.Equal(isRetried, FailurePolicy.IsRetried(failure));
        Assert.Equal(failure, sweep.Events.OfType<AttemptClosed>().SingleOrDefault()?.Failure ?? sweep.Events.OfType<TrialFinished>().Single().Failure);
    }

    [Fact]
    public void Waits_double_up_to_five_minutes() =>
        Assert.Equal([0, 0, 1, 2, 4, 256, 300, 300], new[] { 0, 1, 2, 3, 4, 10, 11, 1000 }.Select(failures => FailurePolicy.BackOff(failures).TotalSeconds));

    [Fact]
    public void A_trial_that_failed_waits_while_others_start_and_then_comes_first()
    {
        var sweep = new TestSweep("retries: {max_attempts: 9}", trials: 9);
        for (var failure = 1; failure <= 3; failure++)
        {
            sweep.Wait(TimeSpan.FromMinutes(1));
            sweep.End(1, sweep.Assign(1)!.Value, AttemptEnding.Failed);
        }

        Assert.Equal(new TrialId(2), sweep.Assign(1)!.Value.Trial);
        sweep.Wait(TimeSpan.FromSeconds(2));
        Assert.Equal((First, 4), (sweep.Assign(2)!.Value.Trial, sweep.State[First].AttemptNumber));
    }

    [Fact]
    public void A_trial_does_not_wait_for_a_time_that_a_clock_set_back_has_put_far_off()
    {
        var sweep = new TestSweep("retries: {max_attempts: 9}", trials: 1);
        for (var failure = 1; failure <= 3; failure++)
        {
            sweep.Wait(TimeSpan.FromMinutes(1));
            sweep.End(1, sweep.Assign(1)!.Value, AttemptEnding.Failed);
        }

        Assert.Null(sweep.Assign(1));
        sweep.Wait(-TimeSpan.FromHours(1));
        Assert.Equal(First, sweep.Assign(1)!.Value.Trial);
    }

    [Fact]
    public void A_worker_lost_after_an_epoch_costs_no_wait()
    {
        var sweep = new TestSweep();
        sweep.Record(1, sweep.Assign(1)!.Value, TestSweep.Report(1));
        var lost = Assert.IsType<AttemptClosed>(Assert.Single(sweep.Lose(1)));

        Assert.Equal((FailureClass.Infrastructure, false), (lost.Failure, lost.CountsAsFailure));
        Assert.Null(sweep.State[First].NotBefore);
    }

    [Theory]
    [InlineData(AttemptEnding.DataFailed, "data")]
    [InlineData(AttemptEnding.OutOfMemory, "out of memory")]
    public void Three_configurations_that_fail_alike_before_any_has_trained_pause_the_sweep(AttemptEnding ending, string name)
    {
        var sweep = new TestSweep(trials: 10);
        var other = sweep.Assign(2)!.Value;
        for (var trial = 1; trial <= 3; trial++) sweep.End(1, sweep.Assign(1)!.Value, ending);

        var finished = Assert.IsType<SweepFinished>(sweep.Events[^1]);
        Assert.Equal(SweepEnding.FailureStorm, finished.Ending);
        Assert.Contains($"3 configurations in a row failed alike ({name})", finished.Detail, StringComparison.Ordinal);
        Assert.Contains($"ended as {ending}", finished.Detail, StringComparison.Ordinal);
        // What ran goes on when the sweep does.
        Assert.True(sweep.State[other.Trial].IsWaiting);
        Assert.True(sweep.State.CanGoOn);
    }

    [Fact]
    public void After_the_first_epoch_it_takes_ten_and_one_that_ends_well_begins_the_count_anew()
    {
        var sweep = new TestSweep("retries: {max_attempts: 1}", trials: 30, epochs: 1);
        for (var round = 0; round < 2; round++)
        {
            sweep.Record(1, sweep.Assign(1)!.Value, TestSweep.Report(1));
            Fail(9);
        }
        Assert.Null(sweep.State.Ending);
        Fail(1);
        Assert.Equal(SweepEnding.FailureStorm, sweep.State.Ending);

        void Fail(int trials)
        {
            for (var trial = 0; trial < trials; trial++) sweep.End(1, sweep.Assign(1)!.Value, AttemptEnding.Failed);
        }
    }

    [Fact]
    public void Twenty_configurations_in_a_row_whose_reports_diverge_pause_the_sweep()
    {
        var sweep = new TestSweep(trials: 30);
        for (var trial = 1; trial <= 20; trial++)
        {
            Assert.Null(sweep.State.Ending);
            sweep.Record(1, sweep.Assign(1)!.Value, TestSweep.Report(1, trainLoss: double.NaN));
        }
        Assert.Equal(SweepEnding.FailureStorm, sweep.State.Ending);
        Assert.Equal(20, sweep.Events.OfType<TrialFinished>().Count(finished => finished.Outcome == TrialOutcome.Diverged));
    }

    [Fact]
    public void Failures_of_different_classes_are_no_storm()
    {
        var sweep = new TestSweep("retries: {max_attempts: 1}", trials: 10);
        foreach (var ending in new[] { AttemptEnding.DataFailed, AttemptEnding.Failed, AttemptEnding.OutOfMemory, AttemptEnding.DataFailed })
            sweep.End(1, sweep.Assign(1)!.Value, ending);
        Assert.Null(sweep.State.Ending);
    }

    [Fact]
    public void Replicates_of_one_configuration_count_once()
    {
        var sweep = new TestSweep("replicates: 3", trials: 10);
        for (var trial = 1; trial <= 6; trial++) sweep.End(1, sweep.Assign(1)!.Value, AttemptEnding.DataFailed);
        Assert.Null(sweep.State.Ending);
        sweep.End(1, sweep.Assign(1)!.Value, AttemptEnding.DataFailed);
        Assert.Equal(SweepEnding.FailureStorm, sweep.State.Ending);
    }

    [Fact]
    public void An_attempt_that_reports_after_it_has_lost_its_trial_is_counted_once()
    {
        var sweep = new TestSweep();
        var lost = sweep.Assign(1)!.Value;
        sweep.Lose(1);
        sweep.Record(1, lost, TestSweep.Report(1));
        sweep.Record(1, lost, TestSweep.Report(2));

        Assert.Equal([lost], sweep.State.Refused);
        Assert.Single(sweep.Events.OfType<AttemptRefused>());
        Assert.Empty(sweep.State[First].Reports);
    }

    [Fact]
    public void What_repeats_an_acknowledged_report_is_not_refused()
    {
        var sweep = new TestSweep(epochs: 1);
        var attempt = sweep.Assign(1)!.Value;
        sweep.Record(1, attempt, TestSweep.Report(1));
        Assert.Empty(sweep.Record(1, attempt, TestSweep.Report(1)));
    }
}
