using Sweep.Coordinator.Objectives;
using Sweep.Coordinator.Samplers;
using Sweep.Shared;

namespace Sweep.Coordinator.Trials;

/// <summary>What samplers learn of a configuration once all its replicates have ended.</summary>
internal static class ConfigurationOutcome
{
    /// <summary>
    /// Null while a replicate has not ended, and where all of them were cancelled, which says nothing. Replicates without a result are left out;
    /// without any result it is a failure.
    /// </summary>
    /// <param name="replicates">Of one configuration.</param>
    /// <param name="further">The sweep's objectives besides the first.</param>
    public static Observation? Of(Objective objective, IEnumerable<TrialState> replicates, ValueArray<FurtherObjective> further = default)
    {
        var trials = replicates.ToList();
        if (trials.Count == 0 || trials.Any(trial => trial.Outcome is null) || trials.All(trial => trial.Outcome == TrialOutcome.Cancelled)) return null;
        var results = trials.Where(trial => TrialResult.Of(objective, trial) is not null).ToList();
        var curves = results.Select(trial => BestLosses(objective, trial)).ToList();
        var epochs = curves.Count == 0 ? 0 : curves.Min(curve => curve.Count);
        var mean = Enumerable.Range(0, epochs).Select(epoch => curves.Average(curve => curve[epoch])).ToValueArray();
        return new Observation(trials[0].Hyperparameters, trials[0].ConfigurationHash, mean, IsPartial: epochs > 0 && trials.Any(IsCutShort))
        {
            FurtherLosses = further.Select(other => MeanOf(other, objective, results)).ToValueArray(),
        };
    }

    private static double MeanOf(FurtherObjective further, Objective objective, List<TrialState> results) => results.Count == 0
        ? double.PositiveInfinity
        : results.Average(trial => further.LossOf(trial, TrialResult.BestEpoch(objective, trial.Reports)!));

    /// <summary>A trial that ended because it overfitted would have gained nothing more.</summary>
    private static bool IsCutShort(TrialState trial) =>
        trial.Outcome == TrialOutcome.Stopped && trial.Reports.Count < trial.Configuration.Budget;

    /// <summary>
    /// After each epoch, the best value up to then, less being better. What comes before the first finite value counts as that.
    /// </summary>
    private static List<double> BestLosses(Objective objective, TrialState trial)
    {
        var sign = objective.Maximizes ? -1 : 1;
        var losses = trial.Reports.Select(report => sign * objective.Of(report)).ToList();
        var best = losses.First(double.IsFinite);
        for (var epoch = 0; epoch < losses.Count; epoch++)
        {
            if (losses[epoch] < best) best = losses[epoch];
            losses[epoch] = best;
        }
        return losses;
    }
}
