namespace Sweep.Coordinator.SweepFiles;

/// <summary>How often configurations are repeated, each time with another seed.</summary>
/// <param name="OfEach">Replicates of every configuration that the search tries; at least 1.</param>
/// <param name="Final">What is repeated after the search; null for nothing.</param>
public sealed record ReplicateSettings(int OfEach = 1, FinalReplicateSettings? Final = null)
{
    /// <summary>No configuration is given more; so that a misprint does not become a year of training.</summary>
    public const int Most = 1_000;

    /// <summary>Replicates of a configuration that the search found among the best.</summary>
    public int OfBest => Final?.Seeds ?? OfEach;
}

/// <summary>After the search, the best configurations are repeated.</summary>
/// <param name="Top">So many configurations, at least 1.</param>
/// <param name="Seeds">Replicates that each of them has in the end, those of the search included; more than the search gives.</param>
public sealed record FinalReplicateSettings(int Top, int Seeds);
