using Sweep.Coordinator.SweepReports;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.SweepReports;

public sealed class SweepReportTests
{
    private static readonly TestSweep Sweep = ReportedSweep.Ended();
    private static readonly SweepReport Report = ReportedSweep.Of(Sweep);

    [Fact]
    public void Every_attempt_that_started_is_known_with_its_fate()
    {
        var attempts = Report.Chronicle.Attempts;
        Assert.Equal(Sweep.Events.OfType<AttemptStarted>().Count(), attempts.Count);
        Assert.Equal(Sweep.Events.OfType<AttemptClosed>().Count(closed => closed.Closure == AttemptClosure.Lost), attempts.Count(attempt => attempt.End!.Fate == AttemptFate.Lost));
        Assert.Contains(attempts, attempt => attempt.End is { Fate: AttemptFate.Failed, Outcome: TrialOutcome.Diverged, Failure: FailureClass.Diverged });
        Assert.All(attempts, attempt => Assert.True(attempt.End!.At > attempt.StartedAt));
    }

    [Fact]
    public void Attempts_that_run_reach_up_to_the_newest_event()
    {
        var sweep = new TestSweep();
        var attempt = sweep.Assign(1)!.Value;
        sweep.Record(1, attempt, TestSweep.Report(1));
        var running = Assert.Single(SweepChronicle.Of(sweep.Definition.Objective, sweep.Events).Attempts);
        var span = ReportSpan.Of(running, TestSweep.Start, sweep.State.Newest);
        Assert.Equal(("running", (sweep.State.Newest - TestSweep.Start).TotalSeconds), (span.Kind, span.To));
    }

    [Fact]
    public void Failures_are_grouped_by_class_with_their_trials()
    {
        Assert.Equal([FailureClass.Infrastructure, FailureClass.Diverged, FailureClass.Code], Report.Failures.Select(group => group.Failure).Order());
        Assert.All(Report.Failures, group => Assert.True(group.Attempts >= group.Trials.Length && group.Trials.Length > 0));
    }

    [Fact]
    public void Worker_time_is_that_of_all_attempts_and_what_was_lost_is_a_part_of_it()
    {
        Assert.Equal(Report.Chronicle.Attempts.Sum(attempt => attempt.SecondsUntil(Report.State.Newest)), Report.Compute.WorkerSeconds, 3);
        Assert.InRange(Report.Compute.LostSeconds, 1, Report.Compute.WorkerSeconds - 1);
        Assert.Equal(Sweep.Events.OfType<EpochRecorded>().Count(), Report.Compute.Epochs);
    }

    [Fact]
    public void Epochs_that_a_scheduler_spared_are_counted_as_its()
    {
        var sweep = new TestSweep("scheduler: {name: asha, min_epochs: 1, reduction_factor: 3}", trials: 9, epochs: 9);
        sweep.RunToTheEnd(trial => trial.Id.Number / 10.0);
        var compute = ReportedSweep.Of(sweep).Compute;
        Assert.Equal(compute.EpochsAllowed - compute.Epochs, compute.SavedByScheduler);
        Assert.True(compute.SavedByScheduler > 0 && compute.SavedSeconds > 0);
    }

    [Fact]
    public void Rungs_say_who_went_on_and_who_was_stopped_there()
    {
        var sweep = new TestSweep("scheduler: {name: asha, min_epochs: 1, reduction_factor: 3}", trials: 9, epochs: 9);
        sweep.RunToTheEnd(trial => trial.Id.Number / 10.0);
        var report = ReportedSweep.Of(sweep);
        var stopped = sweep.State.Trials.Where(trial => trial.ByScheduler).Select(trial => trial.Id.Number).ToList();
        Assert.Equal(stopped, report.Rungs.SelectMany(rung => rung.Entries).Where(entry => entry.Fate == RungFate.Stopped).Select(entry => entry.Trial).Order());
        Assert.Equal(stopped.Count, report.Rungs.Sum(rung => rung.Stopped));
        Assert.Contains("\"rungs\":[{\"bracket\":0,\"epochs\":1,\"reached\":9", ReportHtml.Text(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Trials_within_the_winners_error_cannot_be_told_from_it_and_others_can()
    {
        var rivals = Report.Certainty.Rivals;
        var worst = Report.Board.Rows.Last(row => row.IsRankable).Trial.Number;
        Assert.Contains(Report.Board.Rows[1].Trial.Number, rivals);
        Assert.DoesNotContain(worst, rivals);
        Assert.Equal(Report.Images!.ValidationImages, Report.Certainty.Objective!.Count);
    }

    [Fact]
    public void A_winner_by_its_loss_has_no_interval_and_the_report_says_so()
    {
        var sweep = new TestSweep("objective: {metric: validation_loss, goal: minimize}");
        sweep.RunToTheEnd();
        var report = ReportedSweep.Of(sweep);
        Assert.Null(report.Certainty.Objective);
        Assert.Contains("single loss", ReportSentences.Rivals(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_test_images_choose_the_report_says_so_and_claims_no_test_accuracy()
    {
        var sweep = new TestSweep("objective: {metric: test_accuracy, goal: maximize}");
        sweep.RunToTheEnd();
        var report = ReportedSweep.Of(sweep);
        Assert.Contains("test images chose the winner", ReportSentences.WhoChose(report), StringComparison.Ordinal);
        Assert.DoesNotContain(ReportSentences.Claims(report), claim => claim.Contains("figure to claim", StringComparison.Ordinal));
    }

    [Fact]
    public void The_markdown_escapes_what_the_sweep_file_says()
    {
        var text = ReportMarkdown.Text(Report);
        var prose = text[..text.IndexOf("`sweep.yaml`", StringComparison.Ordinal)];
        Assert.DoesNotContain("<script", prose, StringComparison.Ordinal);
        Assert.Contains("\\*is\\*", prose, StringComparison.Ordinal);
        Assert.Contains("coordinator --sweep sweep.yaml --workers 2", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Curves_keep_their_ends_the_chosen_epoch_and_the_onset_when_they_are_thinned_out()
    {
        var trial = Reports.Trial.Overfitting(1);
        var curves = ReportCurves.Of(trial, new Objective(ObjectiveMetric.ValidationAccuracy), points: 5);
        Assert.Equal([1, 40], [curves.Epoch[0], curves.Epoch[^1]]);
        Assert.Contains(trial.Verdict.OnsetEpoch!.Value, curves.Epoch);
        Assert.InRange(curves.Epoch.Count, 5, 7);
        Assert.All(curves.Epoch, (epoch, index) => Assert.Equal(trial.Reports[epoch - 1].TrainAccuracy!.Value, curves.TrainAccuracy[index]!.Value, 0.0001));
    }
}
