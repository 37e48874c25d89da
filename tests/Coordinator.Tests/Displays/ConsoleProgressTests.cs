using Microsoft.Extensions.Time.Testing;
using Sweep.Coordinator.Displays;
using Sweep.Coordinator.Tests.Reports;

namespace Sweep.Coordinator.Tests.Displays;

public sealed class ConsoleProgressTests
{
    [Fact]
    public async Task A_console_that_is_no_terminal_gets_the_lines_in_order_and_nothing_else()
    {
        var (console, glance) = (new ConsoleText(80), await Glances.OfAsync(Glances.Some()));
        await using (var views = ConsoleProgress.For(console.Console, ["test"], TimeProvider.System))
        {
            views[0].Line("first");
            views[0].Follow(() => glance);
            views[0].Line("second");
        }
        Assert.Equal("first\nsecond\n", console.Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_several_sweeps_share_a_console_every_line_says_of_which_it_is_unless_it_is_of_none(bool ansi)
    {
        var console = new ConsoleText(80, ansi: ansi);
        await using (var views = ConsoleProgress.For(console.Console, ["one", "other"], TimeProvider.System))
        {
            views[0].Line("first");
            views[1].Line("second");
            views.Line("third");
        }
        var screen = new Screen(80, 24);
        screen.Write(console.Text.ReplaceLineEndings("\r\n"));
        Assert.Equal(["one: first", "other: second", "third"], screen.Rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_log_that_was_quiet_for_a_minute_gets_the_state_once()
    {
        var (console, clock, glance) = (new ConsoleText(80), new FakeTimeProvider(), await Glances.OfAsync(Glances.Some()));
        await using (var view = new PlainProgressView(console.Output, clock))
        {
            view.Follow(() => glance);
            clock.Advance(TimeSpan.FromSeconds(59));
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal("1 of 4 finished, 2 running, 0 waiting; best trial 1 at 63.00 %\n", console.Text);
    }

    [Fact]
    public async Task Lines_from_many_threads_all_arrive()
    {
        var console = new ConsoleText(80);
        await using (var view = new PlainProgressView(console.Output, TimeProvider.System))
            Parallel.For(0, 1_000, number => view.Line($"{number}"));
        Assert.Equal(Enumerable.Range(0, 1_000), console.Lines.Select(int.Parse).Order());
    }

    [Fact]
    public async Task A_terminal_shows_the_picture_and_in_the_end_the_lines_alone()
    {
        var (console, glance) = (new ConsoleText(80, ansi: true), await Glances.OfAsync(Glances.Some()));
        var (looks, isDrawn) = (0, new TaskCompletionSource());
        await using (var display = new SweepDisplay(console.Console, ["test"], TimeProvider.System))
        {
            var view = new LiveProgressView(display, 0);
            view.Line("trial 1 finished");
            view.Follow(() =>
            {
                if (++looks == 2) isDrawn.SetResult();
                return glance;
            });
            await isDrawn.Task;
            view.Line("trial 2 finished");
        }
        Assert.Contains("worker-2", console.Text, StringComparison.Ordinal);
        var screen = new Screen(80, 24);
        screen.Write(console.Text);
        Assert.Equal(["trial 1 finished", "trial 2 finished"], screen.Rows);
        Assert.True(screen.ShowsCursor);
    }
}
