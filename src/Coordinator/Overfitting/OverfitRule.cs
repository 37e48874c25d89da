using Sweep.Shared;

namespace Sweep.Coordinator.Overfitting;

/// <summary>
/// Reads train and held-out curves as a person would: training accuracy still rises while held-out accuracy stands still or falls,
/// and the two are far apart. Pure and causal: an epoch's verdict rests on that epoch and those before it, so that live, replayed
/// and resumed trials are judged alike. <c>docs/overfitting.md</c> has the formulas and an example.
/// </summary>
public sealed class OverfitRule
{
    /// <summary>Accuracies are quotients of image counts: 0.9 − 0.8 must reach a gap of 0.1, whatever its last bit says.</summary>
    private const double Rounding = 1e-9;

    private readonly OverfitSettings _settings;
    private readonly int? _classes;

    /// <summary>One for all verdicts: a hundred thousand trials may hold on to it.</summary>
    private readonly Func<IReadOnlyList<EpochReport>, string> _explain;

    /// <param name="classes">
    /// Classes of the data set, at least 2: guessing is right once in so many times. Null where nobody knows; then no trial is seen to underfit.
    /// </param>
    public OverfitRule(OverfitSettings settings, int? classes) => (_settings, _classes, _explain) = (settings, classes, epochs => Weigh(epochs).Explain());

    /// <summary>The verdict on a trial that has reported so far. The onset of overfitting stays once it is found, whatever follows.</summary>
    /// <remarks>
    /// It is found at least <see cref="OverfitSettings.Patience"/> − 1 epochs later: under <see cref="OverfitAction.Stop"/> the trial ends
    /// there. The action has no part in the verdict.
    /// </remarks>
    /// <param name="reports">Epochs in rising order.</param>
    public Verdict Judge(IReadOnlyList<EpochReport> reports)
    {
        var (kind, onset, _) = Weigh(reports);
        return new Verdict(kind, onset, new Evidence(reports, _explain));
    }

    private (VerdictKind Kind, int? OnsetEpoch, Func<string> Explain) Weigh(IReadOnlyList<EpochReport> reports)
    {
        if (reports.Count == 0) return (VerdictKind.Undetermined, null, () => VerdictEvidence.NoEpoch);
        var last = reports[^1];
        if (last.HasDiverged) return (VerdictKind.Diverged, null, () => VerdictEvidence.Diverged(last));
        if (Fire(_settings, reports) is { } firing)
            return (VerdictKind.Overfitting, firing.Best.Epoch + 1, () => VerdictEvidence.Overfitting(_settings, firing, reports));
        if (reports.All(report => report.Gap is null)) return (VerdictKind.Undetermined, null, () => VerdictEvidence.NoGap);
        var bestTraining = reports.MaxBy(report => report.TrainAccuracy)!;
        var halfway = (1 + 1.0 / _classes) / 2 ?? 0;
        return bestTraining.TrainAccuracy < halfway && last.Gap < _settings.MinGap - Rounding
            ? (VerdictKind.Underfitting, null, () => VerdictEvidence.Underfitting(bestTraining, halfway))
            : (VerdictKind.Healthy, null, () => VerdictEvidence.Healthy(last, reports));
    }

    private static OverfitFiring? Fire(OverfitSettings settings, IReadOnlyList<EpochReport> reports)
    {
        EpochReport? best = null;
        foreach (var report in reports)
        {
            if (best is null || Improves(report, best, settings.MinDelta)) best = report;
            else if (Fires(settings, best, report)) return new OverfitFiring(best, report);
        }
        return null;
    }

    /// <summary>
    /// Compared with the last improvement, not with the epoch before: small steps add up. NaN, or none, is never an improvement, and anything
    /// is one on NaN.
    /// </summary>
    internal static bool Improves(EpochReport report, EpochReport best, double minDelta) =>
        HeldOut(report) is var now && HeldOut(best) is var before
        && !double.IsNaN(now) && (double.IsNaN(before) || Exceeds(now, before, minDelta));

    private static double HeldOut(EpochReport report) => report.HeldOut?.Accuracy ?? double.NaN;

    /// <summary>A NaN makes any of these comparisons false, so that the rule does not fire on one.</summary>
    private static bool Fires(OverfitSettings settings, EpochReport best, EpochReport now) =>
        now.Epoch - best.Epoch >= settings.Patience
        && now.Gap >= settings.MinGap - Rounding
        && (Exceeds(now.TrainAccuracy ?? double.NaN, best.TrainAccuracy ?? double.NaN, settings.MinDelta) || IsMemorised(now, settings.MinDelta));

    /// <summary>Nearly every training image is right: training accuracy has no room left to rise in.</summary>
    private static bool IsMemorised(EpochReport report, double minDelta) => report.TrainAccuracy >= 1 - minDelta - Rounding;

    private static bool Exceeds(double value, double other, double margin) => value > other + margin + Rounding;
}

/// <param name="Best">The last epoch that improved on held-out images.</param>
/// <param name="At">The epoch at which patience ended.</param>
internal sealed record OverfitFiring(EpochReport Best, EpochReport At);
