namespace Sweep.Shared;

/// <summary>
/// A small generator whose n-th number is a function of seed, stream and n alone, so that any draw can be repeated without the ones before it:
/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). Not for secrets.
/// </summary>
public sealed class CounterRandom
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <param name="stream">Names an independent sequence, (trial, draw) say; the order counts.</param>
    public CounterRandom(long seed, params ReadOnlySpan<long> stream)
    {
        _state = Mix(unchecked((ulong)seed + GoldenGamma));
        foreach (var part in stream) _state = Mix(unchecked(_state * GoldenGamma + (ulong)part + GoldenGamma));
    }

    public ulong NextUInt64() => Mix(_state = unchecked(_state + GoldenGamma));

    /// <summary>Uniform in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, <paramref name="bound"/>), without bias (Lemire, 2019).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is below 1.</exception>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        var rejectBelow = unchecked(0UL - (ulong)bound) % (ulong)bound;
        while (true)
        {
            var high = Math.BigMul(NextUInt64(), (ulong)bound, out var low);
            if (low >= rejectBelow) return (int)high;
        }
    }

    /// <summary>The finaliser: a bijection in which every input bit reaches every output bit.</summary>
    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
