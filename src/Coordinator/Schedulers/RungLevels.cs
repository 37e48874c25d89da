using System.Collections.Immutable;

namespace Sweep.Coordinator.Schedulers;

/// <summary>The epochs after which trials are compared: r, r·η, r·η² … below R, where a trial has trained in full.</summary>
public static class RungLevels
{
    /// <summary>Rising; empty where <paramref name="min"/> is not below <paramref name="max"/>. By multiplication: a logarithm of 243 to the base 3 may round to 4.</summary>
    /// <param name="min">r, epochs; at least 1.</param>
    /// <param name="factor">η, at least 2.</param>
    /// <param name="max">R, epochs.</param>
    public static ImmutableArray<int> Below(int max, int min, int factor)
    {
        var levels = ImmutableArray.CreateBuilder<int>();
        for (long level = min; level < max; level *= factor) levels.Add((int)level);
        return levels.ToImmutable();
    }
}
