using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Overfitting;

/// <summary>Stops a trial whose objective stands still. Pure and causal, as <see cref="OverfitRule"/> is.</summary>
public static class PlateauRule
{
    /// <summary>
    /// The first epoch that ended <see cref="PlateauSettings.Patience"/> epochs in a row, none of which bettered the last improvement
    /// by more than <see cref="PlateauSettings.MinDelta"/>; null while there is none. An epoch without a value (NaN) is no improvement.
    /// </summary>
    /// <param name="reports">Epochs in rising order.</param>
    public static int? FiredAt(PlateauSettings settings, Objective objective, IReadOnlyList<EpochReport> reports)
    {
        EpochReport? best = null;
        foreach (var report in reports)
        {
            if (best is null || objective.IsBetter(objective.Of(report), objective.Of(best), settings.MinDelta)) best = report;
            else if (report.Epoch - best.Epoch >= settings.Patience) return report.Epoch;
        }
        return null;
    }
}
