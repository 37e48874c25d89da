using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Trials;

/// <summary>What a trial that ended in order reached.</summary>
/// <param name="Objective">The best of the trial's epochs; finite.</param>
/// <param name="HeldOutLoss">In the first epoch that reached it; infinite where it was not finite or is not known, so that it loses.</param>
public sealed record TrialResult(TrialState Trial, double Objective, double HeldOutLoss)
{
    /// <summary>Null for a trial that has not ended, did not end in order, or has no finite objective.</summary>
    public static TrialResult? Of(Objective objective, TrialState trial)
    {
        if (trial.Outcome is not (TrialOutcome.Completed or TrialOutcome.Stopped or TrialOutcome.Overfit)) return null;
        if (BestEpoch(objective, trial.Reports) is not { } best) return null;
        return new TrialResult(trial, objective.Of(best), best.HeldOut?.Loss is { } loss && double.IsFinite(loss) ? loss : double.PositiveInfinity);
    }

    /// <summary>The first epoch with the best finite value; null where there is none.</summary>
    public static EpochReport? BestEpoch(Objective objective, IEnumerable<EpochReport> reports)
    {
        EpochReport? best = null;
        foreach (var report in reports)
        {
            if (objective.IsNewBest(report, best)) best = report;
        }
        return best;
    }
}
