namespace Sweep.Shared.Tests;

public sealed class CounterRandomTests
{
    [Fact]
    public void Equal_seeds_and_streams_give_equal_numbers() =>
        Assert.Equal(Take(new CounterRandom(7, 1, 2)), Take(new CounterRandom(7, 1, 2)));

    [Fact]
    public void Seed_stream_and_the_order_of_a_stream_count()
    {
        CounterRandom[] generators = [new(7), new(8), new(7, 0), new(7, 1), new(7, 1, 2), new(7, 2, 1), new(7, 0, 0)];

        Assert.Equal(generators.Length, generators.Select(generator => generator.NextUInt64()).Distinct().Count());
    }

    [Fact]
    public void Doubles_fill_the_unit_interval_evenly()
    {
        var random = new CounterRandom(1);
        var tenths = new int[10];
        for (var draw = 0; draw < 10_000; draw++) tenths[(int)(random.NextDouble() * 10)]++;

        Assert.All(tenths, count => Assert.InRange(count, 900, 1_100));
    }

    [Fact]
    public void First_draws_of_neighbouring_streams_are_as_even()
    {
        var tenths = new int[10];
        for (var stream = 0; stream < 10_000; stream++) tenths[new CounterRandom(1, stream).NextInt(10)]++;

        Assert.All(tenths, count => Assert.InRange(count, 900, 1_100));
    }

    [Fact]
    public void Bounded_integers_stay_below_their_bound()
    {
        var random = new CounterRandom(1);

        Assert.Equal([0, 1, 2], Enumerable.Range(0, 100).Select(_ => random.NextInt(3)).Distinct().Order());
        Assert.Equal(0, random.NextInt(1));
        Assert.InRange(random.NextInt(int.MaxValue), 0, int.MaxValue - 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt(0));
    }

    /// <summary>Trials of recorded sweeps hang on these numbers: they may never change.</summary>
    [Fact]
    public void The_numbers_are_the_recorded_ones() =>
        Assert.Equal(Recorded, Take(new CounterRandom(1, 2, 3)));

    private static readonly ulong[] Recorded = [488_545_519_100_853_913, 3_398_141_317_074_951_480, 10_529_166_668_998_464_085];

    private static ulong[] Take(CounterRandom random) => [random.NextUInt64(), random.NextUInt64(), random.NextUInt64()];

    [Fact]
    public void A_shuffle_keeps_every_item()
    {
        var items = Enumerable.Range(0, 100).ToArray();
        new CounterRandom(3).Shuffle(items.AsSpan());
        Assert.NotEqual(Enumerable.Range(0, 100), items);
        Assert.Equal(Enumerable.Range(0, 100), items.Order());
    }
}
