
namespace Sweep.Shared.Tests;

public sealed class CounterRandomTests
{
    [Fact]
    public void The_same_address_gives_the_same_numbers()
    {
        var (first, second) = (new CounterRandom(7, 1, 2), new CounterRandom(7, 1, 2));
        for (var draw = 0; draw < 100; draw++) Assert.Equal(first.NextUInt64(), second.NextUInt64());
    }

    [Fact]
    public void Another_seed_or_stream_gives_other_numbers()
    {
        ulong[] firsts =
        [
            new CounterRandom(7).NextUInt64(), new CounterRandom(8).NextUInt64(), new CounterRandom(7, 0).NextUInt64(),
            new CounterRandom(7, 1).NextUInt64(), new CounterRandom(7, 1, 2).NextUInt64(), new CounterRandom(7, 2, 1).NextUInt64(),
        ];
        Assert.Equal(firsts.Length, firsts.Distinct().Count());
    }

    [Fact]
    public void Integers_fill_their_range_evenly()
    {
        var random = new CounterRandom(1);
        var counts = new int[6];
        for (var draw = 0; draw < 60_000; draw++) counts[random.NextInt(6)]++;
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void Doubles_are_in_the_unit_interval_and_centred()
    {
        var random = new CounterRandom(2);
        var draws = Enumerable.Range(0, 10_000).Select(_ => random.NextDouble()).ToList();
        Assert.All(draws, draw => Assert.InRange(draw, 0, 1 - 1e-16));
        Assert.InRange(draws.Average(), 0.49, 0.51);
    }

    [Fact]
    public void A_shuffle_keeps_every_item()
    {
        var items = Enumerable.Range(0, 100).ToArray();
        new CounterRandom(3).Shuffle(items.AsSpan());
        Assert.NotEqual(Enumerable.Range(0, 100), items);
        Assert.Equal(Enumerable.Range(0, 100), items.Order());
    }

    [Fact]
    public void A_bound_below_one_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new CounterRandom(1).NextInt(0));
}
