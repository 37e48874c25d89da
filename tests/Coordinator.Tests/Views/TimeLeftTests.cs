using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Views;
using Sweep.Shared;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Views;

public sealed class TimeLeftTests
{
    [Fact]
    public void A_trial_that_goes_on_alone_takes_what_its_epochs_take()
    {
        var left = new RestOfSweep([new RestOfTrial(50, 100, MayStop: false)], open: 0, [150]).Estimate();
        Assert.InRange(left.Seconds, 95, 105);
        Assert.InRange(left.Low, 65, 99);
        Assert.InRange(left.High, 101, 135);
    }

    [Fact]
    public void The_trial_that_ends_last_decides()
    {
        var left = new RestOfSweep([new RestOfTrial(0, 1, false), new RestOfTrial(0, 1_000, false)], open: 1, [10, 10, 10, 10, 10, 10]).Estimate();
        Assert.InRange(left.Seconds, 900, 1_100);
    }

    [Fact]
    public void Workers_share_what_is_still_to_come()
    {
        double[] measured = [.. Enumerable.Repeat(10.0, 50)];
        var one = new RestOfSweep([new RestOfTrial(0, 10, false)], 1_000, measured).Estimate();
        var ten = new RestOfSweep([.. Enumerable.Repeat(new RestOfTrial(0, 10, false), 10)], 1_000, measured).Estimate();
        Assert.InRange(one.Seconds, 9_500, 10_600);
        Assert.InRange(ten.Seconds, 950, 1_060);
    }

    [Fact]
    public void The_more_was_measured_the_narrower_is_the_range()
    {
        var few = Width(new RestOfSweep([new RestOfTrial(0, null, false)], 20, [9, 11]).Estimate());
        var many = Width(new RestOfSweep([new RestOfTrial(0, null, false)], 20, [.. Enumerable.Range(0, 64).Select(number => number % 2 == 0 ? 9.0 : 11.0)]).Estimate());
        Assert.True(many < few / 2);

        static double Width(TimeLeft left) => left.High - left.Low;
    }

    /// <summary>Sweeps of trials whose costs are log-normal (a third) or of two kinds, as where a scheduler stops most of them.</summary>
    [Theory]
    [InlineData(1, 5, false)]
    [InlineData(4, 30, false)]
    [InlineData(16, 100, false)]
    [InlineData(4, 30, true)]
    public void The_range_holds_the_truth_about_nine_times_out_of_ten(int workers, int open, bool twoKinds)
    {
        var (random, held) = (new CounterRandom(1, workers, open), 0);
        const int Sweeps = 300;
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            double[] measured = [.. Enumerable.Range(0, 20).Select(_ => Cost())];
            var (running, ends) = (new List<RestOfTrial>(), new PriorityQueue<int, double>());
            for (var worker = 0; worker < workers; worker++)
            {
                var (cost, done) = (Cost(), random.NextDouble());
                running.Add(new RestOfTrial(cost * done, twoKinds ? 50 - cost * done : cost * (1 - done), twoKinds));
                ends.Enqueue(worker, cost * (1 - done));
            }
            for (var trial = 0; trial < open; trial++)
            {
                ends.TryDequeue(out var worker, out var free);
                ends.Enqueue(worker, free + Cost());
            }
            var left = new RestOfSweep(running, open, measured).Estimate();
            var truth = ends.UnorderedItems.Max(end => end.Priority);
            if (left.Low <= truth && truth <= left.High) held++;
        }
        Assert.InRange(held / (double)Sweeps, 0.8, 1);

        double Cost() => twoKinds ? random.NextDouble() < 0.7 ? 5 : 50 : 10 * Math.Exp(0.33 * (Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())));
    }

    [Fact]
    public void Nothing_is_told_before_anything_was_measured_and_when_nothing_runs()
    {
        var sweep = new TestSweep(trials: 3, epochs: 2);
        Assert.Null(LeftOf(sweep, 3));
        var attempt = sweep.Assign(1)!.Value;
        Assert.Null(LeftOf(sweep, 3));
        sweep.Record(1, attempt, Report(1));
        Assert.NotNull(LeftOf(sweep, 3));
        Assert.Null(LeftOf(sweep, null));
    }

    [Fact]
    public void A_limit_of_time_limits_what_is_left()
    {
        var sweep = new TestSweep("limits: {max_duration: 60s}", trials: 1_000, epochs: 2);
        sweep.Record(1, sweep.Assign(1)!.Value, Report(1));
        var left = LeftOf(sweep, 1_000)!;
        Assert.True(left is { Seconds: <= 60, High: <= 60 });
    }

    private static TimeLeft? LeftOf(TestSweep sweep, int? total) => TimeLeft.Of(sweep.State, new TrialCosts(), total, sweep.Tick());
}
