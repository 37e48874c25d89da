using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Trials;

/// <summary>A coordinator ends, and another one goes on with what it stored.</summary>
public sealed class ResumedSweepTests
{
    private static readonly Guid Process = new("11111111-2222-3333-4444-555555555555");

    [Fact]
    public void A_sweep_cut_off_after_any_write_and_resumed_ends_with_the_leaderboard_of_an_undisturbed_one()
    {
        var calm = new TestSweep(trials: 4, final: "{top: 2, seeds: 3}");
        RunToEnd(calm);
        for (var stored = 1; stored < calm.Events.Count; stored++)
        {
            // What one command leads to is stored by one transaction.
            if (calm.Events[stored - 1].At == calm.Events[stored].At) continue;
            var resumed = new TestSweep(calm.Definition, calm.Events.Take(stored), Start.AddDays(1));
            Resume(resumed);
            RunToEnd(resumed);
            Assert.Equal(ResultsOf(calm), ResultsOf(resumed));
        }
    }

    [Fact]
    public void Attempts_of_workers_that_ended_with_the_coordinator_are_lost_without_counting_as_failures()
    {
        var sweep = new TestSweep();
        var (gone, there) = (sweep.Assign(1)!.Value, sweep.Assign(2)!.Value);
        var events = Resume(sweep, gone: 1);
        var closed = Assert.Single(events.OfType<AttemptClosed>());
        Assert.Equal(
            (gone, AttemptClosure.Lost, false, FailureClass.Infrastructure), (closed.Attempt, closed.Closure, closed.CountsAsFailure, closed.Failure));
        Assert.True(sweep.State.Holds(there, Worker(2)));
        Assert.Equal((gone.Trial, 2), sweep.Assign(3) is { } next ? (next.Trial, next.Number) : default);
    }

    [Fact]
    public void Resuming_twice_by_one_process_resumes_once()
    {
        var sweep = new TestSweep();
        sweep.Assign(1);
        Assert.NotEmpty(Resume(sweep, gone: 2));
        Assert.Empty(Resume(sweep, gone: 1));
    }

    [Fact]
    public void An_interrupted_sweep_goes_on()
    {
        var sweep = new TestSweep();
        sweep.Assign(1);
        sweep.Do(new InterruptSweep(sweep.Tick()));
        Assert.Equal(SweepEnding.Interrupted, sweep.State.Ending);
        Resume(sweep);
        Assert.Null(sweep.State.Ending);
        Assert.Equal(2, sweep.Assign(1)!.Value.Number);
    }

    [Fact]
    public void A_sweep_that_is_over_stays_so_unless_it_is_extended()
    {
        var sweep = new TestSweep(trials: 2);
        RunToEnd(sweep);
        Assert.Empty(Resume(sweep));
        Assert.Equal(SweepEnding.AllTrialsEnded, sweep.State.Ending);
    }

    [Fact]
    public void An_extended_sweep_proposes_what_a_longer_one_would_have_proposed()
    {
        var longer = new TestSweep(trials: 5);
        RunToEnd(longer);
        var sweep = new TestSweep(trials: 2);
        RunToEnd(sweep);
        Resume(sweep, extension: new SweepExtension("text", 5, sweep.Definition.Limits));
        RunToEnd(sweep);
        Assert.Equal("text", sweep.State.SweepFile);
        Assert.Equal(ResultsOf(longer), ResultsOf(sweep));
    }

    [Fact]
    public void A_limit_that_is_still_reached_ends_an_extended_sweep_at_once()
    {
        var sweep = new TestSweep("limits: {max_epochs_total: 4}", trials: 2);
        RunToEnd(sweep);
        Assert.Equal(SweepEnding.EpochLimit, sweep.State.Ending);
        Resume(sweep, extension: new SweepExtension("text", 5, sweep.Definition.Limits));
        Assert.Equal(SweepEnding.EpochLimit, sweep.State.Ending);
    }

    [Fact]
    public void The_time_without_a_coordinator_counts_for_no_limit_and_no_trial()
    {
        var sweep = new TestSweep("limits: {max_duration: 1h}");
        sweep.Assign(1);
        sweep.Assign(2);
        var last = sweep.Events[^1].At;
        Resume(sweep, gone: 1, at: last.AddHours(10));
        Assert.Null(sweep.State.Ending);
        Assert.InRange(sweep.State[sweep.Events.OfType<AttemptClosed>().Single().Attempt.Trial].Seconds, 0, 10);
        sweep.Do(new CheckLimits(last.AddHours(10.5)));
        Assert.Null(sweep.State.Ending);
        sweep.Do(new CheckLimits(last.AddHours(11)));
        Assert.Equal(SweepEnding.DurationLimit, sweep.State.Ending);
    }

    private static IReadOnlyList<ISweepEvent> Resume(TestSweep sweep, int? gone = null, SweepExtension? extension = null, DateTimeOffset? at = null) =>
        sweep.Do(new ResumeSweep(
            Process, "0.1.0", gone is { } worker ? [Worker(worker)] : [.. sweep.State.Running.Keys], extension, at ?? sweep.Tick()));

    private static void RunToEnd(TestSweep sweep) => sweep.RunToTheEnd(trial => Math.Round(0.3 + trial.Seed % 1000 / 2000.0, 4));

    private static string[] ResultsOf(TestSweep sweep)
    {
        Assert.NotNull(sweep.State.Ending);
        var board = Leaderboard.Of(SweepFacts.Of(sweep.Definition), [.. sweep.State.Trials], ended: true);
        return [.. board.Rows.Select(row => $"{row with { Seconds = 0, Attempts = 0, Worker = null }}")];
    }
}
