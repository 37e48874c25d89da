using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Replicates;

/// <summary>What the sweep repeats when the search has ended.</summary>
public static class FinalReplicates
{
    /// <summary>
    /// The replicates to be created now that no trial of the search is left, best configuration first. The search alone says which
    /// configurations are repeated, once: what their replicates then show brings in no others, and one that fails is not replaced.
    /// </summary>
    public static IEnumerable<(TrialState First, int Replicate)> Missing(SweepState state)
    {
        var replicates = state.Definition.Replicates;
        if (replicates.Final is not { } final || state.Trials.Any(trial => trial.Replicate > replicates.OfEach)) return [];
        var objective = state.Definition.Objective;
        return ReplicatedConfiguration.Ranked(objective, ReplicatedConfiguration.Of(objective, state.Trials))
            .Take(final.Top)
            .SelectMany(_ => Enumerable.Range(replicates.OfEach + 1, final.Seeds - replicates.OfEach), (best, replicate) => (best.First, replicate));
    }
}
