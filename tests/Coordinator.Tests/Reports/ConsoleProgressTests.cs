using Spectre.Console;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Reports;

public sealed class ConsoleProgressTests
{
    private static readonly SweepProgress Progress = new(4, 12, 6, 0,
        [new RunningTrial(new TrialId(9), 3, 10, 0.5, 0.5, "host/7"), new RunningTrial(new TrialId(5), 1, 10, 0, null, "host/6")],
        Leaderboard.BetterOf(Trial.Sweep.Objective, null, Trial.Mixed[2]));

    [Fact]
    public void Paused_trials_are_counted_where_there_are_any() =>
        Assert.StartsWith(
            "4 of 12 finished, 2 running, 6 waiting, 3 paused; best", ProgressSentences.State(Trial.Sweep.Objective, Progress with { Paused = 3 }), StringComparison.Ordinal);

    [Fact]
    public void A_finished_trial_is_told_in_a_line()
    {
        Assert.Equal("trial 3 finished: completed, validation accuracy 92.00 %, 4 of 12", ProgressSentences.TrialFinished(Trial.Sweep.Objective, Trial.Mixed[2], 4, 12));
        Assert.Equal("trial 5 finished: failed (the data set is missing | broken), 5", ProgressSentences.TrialFinished(Trial.Sweep.Objective, Trial.Mixed[4], 5, null));
        Assert.EndsWith(", validation loss 0.0800, 1", ProgressSentences.TrialFinished(new Objective(ObjectiveMetric.ValidationLoss), Trial.Mixed[2], 1, null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_console_that_is_no_terminal_gets_the_lines_in_order_and_nothing_else()
    {
        var console = new ConsoleText(80);
        await using (var views = ConsoleProgress.For(console.Console, [Trial.Sweep], TimeProvider.System))
        {
            var view = views[0];
            view.Line("first");
            view.Update(Progress);
            view.Line("second");
        }
        Assert.Equal("first\nsecond\n", console.Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_several_sweeps_share_a_console_every_line_says_of_which_it_is_unless_it_is_of_none(bool ansi)
    {
        var console = new ConsoleText(80, ansi: ansi);
        await using (var views = ConsoleProgress.For(console.Console, [Trial.Sweep, Trial.Sweep with { Name = "other" }], TimeProvider.System))
        {
            views[0].Line("first");
            views[1].Line("second");
            views.Line("third");
        }
        Assert.Equal(
            ["digits-demo: first", "other: second", "third"],
            console.Lines.Select(line => line.Trim()).Where(line => line.EndsWith("first", StringComparison.Ordinal) || line.EndsWith("second", StringComparison.Ordinal) || line.EndsWith("third", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(2, 24)]
    [InlineData(3, 12)]
    public void Sweeps_that_share_a_console_share_its_height(int sweeps, int height)
    {
        var many = Progress with { Running = [.. Enumerable.Range(1, 100).Select(number => new RunningTrial(new TrialId(number), 1, 10, 0.5, 0.9, "w"))] };
        var console = new ConsoleText(80, height);
        for (var sweep = 0; sweep < sweeps; sweep++) console.Console.Write(ProgressPicture.Of(Trial.Sweep, many, console.Console.Profile, sweeps));
        Assert.True(console.Lines.Length <= height);
    }

    [Fact]
    public async Task A_log_that_was_quiet_for_a_minute_gets_the_state_once()
    {
        var (console, clock) = (new ConsoleText(80), new ManualClock());
        await using (var view = new PlainProgressView(console.Output, Trial.Sweep.Objective, clock))
        {
            clock.Now += TimeSpan.FromSeconds(59);
            view.Update(Progress with { Finished = 3 });
            clock.Now += TimeSpan.FromSeconds(1);
            view.Update(Progress);
            view.Update(Progress with { Finished = 5 });
        }
        Assert.Equal("4 of 12 finished, 2 running, 6 waiting; best trial 3 at 92.00 %\n", console.Text);
    }

    [Fact]
    public async Task Lines_from_many_threads_all_arrive()
    {
        var console = new ConsoleText(80);
        await using (var view = new PlainProgressView(console.Output, Trial.Sweep.Objective, TimeProvider.System))
            Parallel.For(0, 1_000, number => view.Line($"{number}"));
        Assert.Equal(Enumerable.Range(0, 1_000), console.Lines.Select(int.Parse).Order());
    }

    [Fact]
    public async Task Live_bars_leave_the_lines_and_a_visible_cursor()
    {
        var console = new ConsoleText(80, ansi: true);
        await using (var view = new LiveProgressView(new SweepDisplay(console.Console, [Trial.Sweep]), 0))
        {
            view.Update(Progress);
            view.Line("trial 3 finished");
        }
        Assert.Contains("trial 3 finished", console.Text, StringComparison.Ordinal);
        Assert.Contains("trial   9", console.Text, StringComparison.Ordinal);
        Assert.True(console.Text.LastIndexOf("\e[?25h", StringComparison.Ordinal) > console.Text.LastIndexOf("\e[?25l", StringComparison.Ordinal));
    }

    [Fact]
    public void The_picture_shows_the_running_trials_by_number()
    {
        var lines = Picture(Progress, 80, 24);
        Assert.StartsWith("digits-demo ━━", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("─ 33 %", lines[0], StringComparison.Ordinal);
        Assert.Equal("4 of 12 finished, 2 running, 6 waiting; best trial 3 at 92.00 %", lines[1]);
        Assert.Equal("trial   5 ────────────────────  epoch 1/10            –  host/6", lines[2]);
        Assert.Equal("trial   9 ━━━━━───────────────  epoch 3/10      50.00 %  host/7", lines[3]);
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(40, 6)]
    [InlineData(20, 10)]
    [InlineData(200, 3)]
    public void The_picture_fits_the_console(int width, int height)
    {
        var many = Progress with { Running = [.. Enumerable.Range(1, 100).Select(number => new RunningTrial(new TrialId(number), 300, 300, 1, 0.9, new string('w', 100)))] };
        var lines = Picture(many, width, height);
        Assert.True(lines.Length <= height);
        Assert.All(lines, line => Assert.True(line.Length < width, line));
    }

    private static string[] Picture(SweepProgress progress, int width, int height)
    {
        var console = new ConsoleText(width, height);
        console.Console.Write(ProgressPicture.Of(Trial.Sweep, progress, console.Console.Profile));
        return console.Lines;
    }

    private sealed class ManualClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
