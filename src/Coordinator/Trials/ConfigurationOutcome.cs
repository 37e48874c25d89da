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
        var curves = results.Select(trial => Reported(objective, trial)).ToList();
        var epochs = curves.Count == 0 ? 0 : curves.Min(curve => curve.Count);
        return new Observation(
            trials[0].Hyperparameters, trials[0].ConfigurationHash, Mean([.. curves.Select(Best)], epochs),
            IsPartial: epochs > 0 && trials.Any(IsCutShort), Mean(curves, epochs))
        {
            FurtherLosses = further.Select(other => MeanOf(other, objective, results)).ToValueArray(),
        };
    }

    private static ValueArray<double> Mean(List<List<double>> curves, int epochs) =>
        Enumerable.Range(0, epochs).Select(epoch => curves.Average(curve => curve[epoch])).ToValueArray();

    private static double MeanOf(FurtherObjective further, Objective objective, List<TrialState> results) => results.Count == 0
        ? double.PositiveInfinity
        : results.Average(trial => further.LossOf(trial, TrialResult.BestEpoch(objective, trial.Reports)!));

    /// <summary>A trial that ended because it overfitted would have gained nothing more.</summary>
    private static bool IsCutShort(TrialState trial) =>
        trial.Outcome == TrialOutcome.Stopped && trial.Reports.Count < trial.Configuration.Budget;

    /// <summary>Each epoch's objective, less being better; one that is not finite counts as the last before it that is, or else as the first.</summary>
    private static List<double> Reported(Objective objective, TrialState trial)
    {
        var sign = objective.Maximizes ? -1 : 1;
        var losses = trial.Reports.Select(report => sign * objective.Of(report)).ToList();
        var last = losses.First(double.IsFinite);
        for (var epoch = 0; epoch < losses.Count; epoch++) losses[epoch] = last = double.IsFinite(losses[epoch]) ? losses[epoch] : last;
        return losses;
    }

    /// <summary>After each epoch, the best up to then.</summary>
    private static List<double> Best(List<double> reported)
    {
        var best = double.PositiveInfinity;
        return [.. reported.Select(loss => best = Math.Min(best, loss))];
    }
}
