namespace Sweep.Coordinator.SweepFiles;

/// <summary>What the sweep gets of the workers that it shares with others of the same coordinator; one alone gets all.</summary>
/// <param name="Weight">Sweeps of equal priority hold workers in proportion to their weights; in [1, <see cref="MostWeight"/>].</param>
/// <param name="Priority">A sweep of higher priority is served first; in ±<see cref="MostPriority"/>.</param>
public sealed record SharingSettings(int Weight = 1, int Priority = 0)
{
    public const int MostWeight = 1_000, MostPriority = 1_000;
}
