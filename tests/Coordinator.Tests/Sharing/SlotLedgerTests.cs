using CsCheck;
using Sweep.Coordinator.Sharing;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Sharing;

/// <summary>Whole cases, under a virtual clock.</summary>
public sealed class SlotLedgerTests
{
    private const double Day = 86_400;
    private static readonly SweepId A = new("a"), B = new("b"), C = new("c");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(40)]
    [InlineData(200)]
    public void Weights_1_and_3_get_workers_in_that_ratio_whatever_the_number_of_workers(int workers)
    {
        foreach (var (first, second) in new[] { (60.0, 60.0), (10.0, 600.0), (600.0, 10.0), (3_600.0, 60.0) })
        {
            var shared = new SharedWorkers(workers, seed: workers, Sweep(A, 1, first), Sweep(B, 3, second));
            shared.Run(Math.Max(4_000_000 / workers, 200_000));
            Assert.InRange(shared.Seconds[B] / shared.Seconds[A], 2.7, 3.3);
            Assert.Equal(0, shared.Wasted, 1e-6);
        }
    }

    [Fact]
    public void Any_weights_and_durations_give_shares_in_proportion_and_nobody_starves() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[0, int.MaxValue], Gen.Select(Gen.Int[1, 5], Gen.Double[60, 600]).Array[2, 4]).Sample((workers, seed, rows) =>
        {
            var time = 4_000_000.0 / workers;
            var sweeps = rows.Select((row, number) => Sweep(new SweepId($"s{number}"), row.Item1, row.Item2)).ToArray();
            var shared = new SharedWorkers(workers, seed, sweeps);
            shared.Run(time);
            double weights = sweeps.Sum(sweep => sweep.Weight);
            foreach (var sweep in sweeps)
            {
                var share = shared.Seconds[sweep.Sweep] / (workers * time);
                Assert.InRange(share / (sweep.Weight / weights), 0.9, 1.1);
                Assert.True(shared.LongestWait[sweep.Sweep] < Day);
            }
            Assert.Equal(0, shared.Wasted, 1e-6);
        }, iter: 60);

    [Fact]
    public void What_one_sweep_cannot_use_the_others_get()
    {
        var shared = new SharedWorkers(8, 1, Sweep(A, 9, 60) with { Demand = _ => 2 }, Sweep(B, 1, 60));
        shared.Run(Day);
        Assert.InRange(shared.Seconds[A] / Day, 1.98, 2.01);
        Assert.InRange(shared.Seconds[B] / Day, 5.98, 6.01);
    }

    [Fact]
    public void Nobody_saves_up_a_share_that_it_could_not_use()
    {
        // For a day A has nothing to do; then it gets its half, and not all workers for a day.
        var shared = new SharedWorkers(10, 1, Sweep(A, 1, 60) with { Demand = time => time < Day ? 0 : 100 }, Sweep(B, 1, 60));
        shared.Run(Day + 3_600);
        var afterwards = shared.Seconds[A] / (10 * 3_600);
        Assert.InRange(afterwards, 0.4, 0.6);
    }

    [Fact]
    public void A_sweep_that_falls_short_of_its_share_gets_workers_as_they_become_free_and_none_is_taken_from_another()
    {
        // Everything trains for B, an hour each, when A comes.
        var shared = new SharedWorkers(4, 1, Sweep(A, 3, 60) with { Demand = time => time < 10 ? 0 : 100 }, Sweep(B, 1, 3_600) with { Trial = _ => 3_600 });
        shared.Run(3_599);
        Assert.Equal(0, shared.Seconds[A]);
        shared.Run(2 * Day);
        Assert.InRange(shared.Seconds[A] / shared.Seconds[B], 2.6, 3.4);
    }

    [Fact]
    public void A_lower_priority_gets_what_is_left_and_one_worker_in_so_many_where_nothing_is()
    {
        var shared = new SharedWorkers(4, 1, Sweep(A, 1, 60, priority: 1), Sweep(B, 1, 60), Sweep(C, 1, 60, priority: -1));
        shared.Run(5 * Day);
        var all = 4 * 5 * Day;
        foreach (var low in (SweepId[])[B, C])
        {
            Assert.InRange(shared.Seconds[low] / all, 0.02, 0.08);
            Assert.True(shared.LongestWait[low] < 3_600);
        }
        var saturated = new SharedWorkers(4, 1, Sweep(A, 1, 60, priority: 1) with { Demand = _ => 3 }, Sweep(B, 1, 60));
        saturated.Run(Day);
        Assert.InRange(saturated.Seconds[A] / Day, 2.98, 3.01);
        Assert.InRange(saturated.Seconds[B] / Day, 0.98, 1.01);
    }

    /// <summary>Trials take between nothing and twice as long as the mean; there is always another one.</summary>
    private static SimulatedSweep Sweep(SweepId id, int weight, double mean, int priority = 0) =>
        new(id, weight, _ => 1_000_000, random => 1 + 2 * (mean - 1) * random.NextDouble(), priority);
}
