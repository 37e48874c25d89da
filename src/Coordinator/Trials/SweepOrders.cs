using Sweep.Shared;

namespace Sweep.Coordinator.Trials;

/// <summary>Whether a person's order can be carried out. Pure, and asked before it is decided upon.</summary>
public static class SweepOrders
{
    /// <summary>Why it cannot, and what to do; null where it can. An order for what is so already can be carried out: nothing happens.</summary>
    public static string? ProblemWith(SweepState state, ISweepOrder order) => (state.Ending, order) switch
    {
        (not null, InterruptSweep) => null,
        ({ } ending, _) => $"the sweep has ended ({ending}); go on with it by coordinator --resume RUN",
        (_, StopTrial stop) => ProblemWithTrial(state, stop.Trial),
        (_, EnqueueTrial enqueue) => ProblemWithConfiguration(state, enqueue.Hyperparameters),
        _ => null,
    };

    private static string? ProblemWithTrial(SweepState state, TrialId trial)
    {
        if (trial.Number < 1 || trial.Number > state.TrialCount) return $"there is no trial {trial}; the sweep has {state.TrialCount} so far";
        return state[trial].Outcome is { } outcome ? $"trial {trial} has ended already ({outcome})" : null;
    }

    private static string? ProblemWithConfiguration(SweepState state, Hyperparameters hyperparameters)
    {
        var definition = state.Definition;
        if (!definition.Space.Contains(hyperparameters)) return $"{hyperparameters} is not in the search space";
        var hash = definition.Space.Resolve(definition.Base, hyperparameters).CanonicalHash();
        if (state.WasTried(hash)) return $"trial {state.Trials.First(trial => trial.ConfigurationHash == hash).Id} has this configuration already";
        return state.TrialCount + definition.Replicates.OfEach > definition.Limits.MaxTrials
            ? $"the sweep has its limits.max_trials of {definition.Limits.MaxTrials}; extend it first"
            : null;
    }
}
