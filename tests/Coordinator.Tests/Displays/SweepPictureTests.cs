using Sweep.Coordinator.Displays;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Views;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Displays;

public sealed class SweepPictureTests
{
    [Fact]
    public async Task Workers_that_train_come_before_idle_ones()
    {
        var glance = await Glances.OfAsync(Glances.Some(), idle: [0]);

        var workers = WorkersPicture.Of(glance, isAlone: true);

        Assert.Equal("worker-0", workers[^1].Worker);
        Assert.All(workers.SkipLast(1), worker => Assert.NotNull(worker.Trial));
    }

    [Fact]
    public async Task A_running_sweep_is_drawn_on_eighty_columns()
    {
        var glance = await Glances.OfAsync(Glances.Some(), idle: [3]);
        Assert.Equal(
            """
            test ━━━━━━━━━━━━━━━━━──────────────────────────────────────────────────── 25 %
            1 of 4 finished, 2 running, 0 waiting (1 completed)
            4 epochs; 8.0 s so far, about 6 s left (3–9)

            trial  validation  epoch  verdict    learning_rate  nesterov
              ▸ 2     70.00 %      1  underfits           0.02      true
                1     63.00 %      3  underfits           0.01      true



            worker    trial                       epoch  validation  img/s
            worker-1      2  ━━━━━━─────────────    2/3     70.00 %    100
            worker-2      3  ───────────────────    1/3           –      –
            worker-3   idle                           –           –      –
            """,
            Text(SweepPicture.Of(glance with { Sweep = glance.Sweep with { TimeLeft = new TimeLeft(6.2, 2.6, 9.4), EpochsPerSecond = 0 } }, 79, 40)));
    }

    [Theory]
    [InlineData(79, 18)]
    [InlineData(39, 12)]
    [InlineData(19, 10)]
    [InlineData(10, 5)]
    [InlineData(200, 3)]
    [InlineData(79, 1)]
    public async Task No_line_is_wider_and_no_picture_higher_than_there_is_room(int width, int height)
    {
        foreach (var sweep in (TestSweep[])[new TestSweep(), Glances.Some(), Glances.Many(workers: 40, trials: 100)])
        {
            var glance = await Glances.OfAsync(sweep, idle: [41, 42]);
            var warned = glance with { Sweep = glance.Sweep with { Name = new string('n', 60), Warnings = [.. Enumerable.Repeat(new SweepWarning(Start, 1, new string('w', 300)), 9)] } };
            var lines = SweepPicture.Of(warned, width, height);
            Assert.True(lines.Count <= height);
            Assert.All(lines, line => Assert.True(line.Width <= width, line.Text));
        }
    }

    [Fact]
    public async Task A_picture_keeps_its_height_while_trials_report_and_end()
    {
        var sweep = new TestSweep(Glances.Sweep, trials: 9, epochs: 3);
        sweep.Assign(1);
        var heights = new List<int>();
        while (sweep.State.Running.TryGetValue(Worker(1), out var attempt))
        {
            heights.Add(SweepPicture.Of(await Glances.OfAsync(sweep), 79, 18).Count);
            sweep.Record(1, attempt, Report(sweep.State[attempt.Trial].Reports.Count + 1, heldOut: 0.5));
            if (!sweep.State.Holds(attempt, Worker(1))) sweep.Assign(1);
        }
        Assert.Equal(27, heights.Count);
        Assert.Single(heights.Distinct());
    }

    [Fact]
    public async Task Of_many_workers_the_first_are_shown_and_the_rest_counted()
    {
        var glance = await Glances.OfAsync(Glances.Many(workers: 40, trials: 100), idle: [41, 42, 43]);
        var lines = SweepPicture.Of(glance, 79, 40).Select(line => line.Text).ToList();
        Assert.StartsWith("worker-1 ", lines[^8], StringComparison.Ordinal);
        Assert.StartsWith("worker-7 ", lines[^2], StringComparison.Ordinal);
        Assert.Equal("and 36 more, 3 of them idle", lines[^1]);
    }

    [Fact]
    public async Task Trials_that_overfit_are_marked_from_their_onset()
    {
        var sweep = new TestSweep("early_stopping: {overfit: {action: flag, patience: 2, min_gap: 0.05}}", trials: 2, epochs: 9);
        var attempt = sweep.Assign(1)!.Value;
        double[] heldOut = [0.5, 0.6, 0.6, 0.6, 0.6];
        for (var epoch = 1; epoch <= 5; epoch++) sweep.Record(1, attempt, Report(epoch, train: 0.5 + epoch * 0.08, heldOut: heldOut[epoch - 1]));
        var picture = SweepPicture.Of(await Glances.OfAsync(sweep), 79, 40);
        Assert.Contains(picture, line => line.Text.Contains("overfits (3)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_newest_warnings_are_shown_with_their_age_and_without_control_characters()
    {
        var glance = await Glances.OfAsync(Glances.Some());
        var warned = glance with { Sweep = glance.Sweep with { Warnings = [new SweepWarning(glance.At - TimeSpan.FromMinutes(5), 1, "attempt 1.1\nfailed: \e[2Jboom")] } };
        Assert.Equal("! attempt 1.1 failed:  [2Jboom (5 min ago)", SweepPicture.Of(warned, 79, 40)[^1].Text);
    }

    [Fact]
    public async Task Characters_of_double_width_count_twice()
    {
        var glance = await Glances.OfAsync(Glances.Some());
        var warned = glance with { Sweep = glance.Sweep with { Warnings = [new SweepWarning(glance.At, 1, new string('猫', 60))] } };
        Assert.All(SweepPicture.Of(warned, 79, 40), line => Assert.True(line.Width <= 79, line.Text));
    }

    [Fact]
    public async Task A_terminal_without_Unicode_gets_ASCII_bars()
    {
        var lines = SweepPicture.Of(await Glances.OfAsync(Glances.Some()), 79, 40, isUnicode: false);
        Assert.Contains("#-", lines[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.Text.Any(character => character is '━' or '▸'));
    }

    [Theory]
    [InlineData(2, 20)]
    [InlineData(3, 12)]
    [InlineData(9, 12)]
    [InlineData(30, 12)]
    public async Task Sweeps_that_share_a_terminal_share_its_height(int sweeps, int height)
    {
        var glance = await Glances.OfAsync(Glances.Many(workers: 10, trials: 100));
        var lines = SweepPictures.Of([.. Enumerable.Repeat(glance, sweeps)], 79, height);
        Assert.True(lines.Count <= height);
        Assert.Equal(Math.Min(sweeps, height), lines.Count(line => line.Text.StartsWith("test ", StringComparison.Ordinal)) + (sweeps > height ? 1 : 0));
    }

    [Fact]
    public async Task Of_shared_workers_each_sweep_shows_its_own()
    {
        var glance = await Glances.OfAsync(Glances.Some(), idle: [3]);
        Assert.DoesNotContain(SweepPictures.Of([glance, glance], 79, 40), line => line.Text.Contains("worker-3", StringComparison.Ordinal));
    }

    private static string Text(IReadOnlyList<PictureLine> lines) => string.Join('\n', lines.Select(line => line.Text.TrimEnd()));
}
