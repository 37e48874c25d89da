using System.Runtime.CompilerServices;

namespace Sweep.Shared;

/// <summary>
/// Random numbers by address: the same seed and stream give the same numbers on any machine, and a resumed attempt draws what it
/// would have drawn, without replaying what came before.
/// <para>
/// The n-th number is SplitMix64's finaliser (Steele, Lea and Flood 2014, figure 9) over key + n·γ, and the key is the finaliser
/// folded over seed and stream. Not for secrets.
/// </para>
/// </summary>
public struct CounterRandom
{
    /// <summary>2⁶⁴ over the golden ratio, odd.</summary>
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <param name="stream">Whatever tells this use from others: its purpose, the epoch, the image.</param>
    public CounterRandom(long seed, params ReadOnlySpan<long> stream)
    {
        _state = Finalise((ulong)seed + Gamma);
        foreach (var part in stream) _state = Finalise(_state + Finalise((ulong)part + Gamma));
    }

    /// <summary>Uniform over all 64-bit values.</summary>
    public ulong NextUInt64() => Finalise(_state += Gamma);

    /// <summary>Uniform in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, <paramref name="bound"/>), without bias (Lemire 2019, "Fast random integer generation in an interval").</summary>
    /// <param name="bound">At least 1.</param>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        var range = (ulong)bound;
        var high = Math.BigMul(NextUInt64(), range, out var low);
        if (low < range)
        {
            var threshold = (0 - range) % range;
            while (low < threshold) high = Math.BigMul(NextUInt64(), range, out low);
        }
        return (int)high;
    }

    /// <summary>Fisher and Yates's shuffle.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = NextInt(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Finalise(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
