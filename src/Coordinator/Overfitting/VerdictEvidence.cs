using Sweep.Shared;

namespace Sweep.Coordinator.Overfitting;

/// <summary>The sentence that lets a reader check a verdict against the curves.</summary>
internal static class VerdictEvidence
{
    public const string NoEpoch = "no epoch was reported";

    public const string NoGap = "the accuracies that the rule compares, on training and on held-out images, were not both reported";

    public static string Diverged(EpochReport last) =>
        $"training loss was {(last.TrainLoss is double.NaN ? "NaN" : "infinite")} in epoch {last.Epoch}";

    public static string Overfitting(OverfitSettings settings, OverfitFiring firing, IReadOnlyList<EpochReport> reports)
    {
        var (best, now) = firing;
        var sentence = $"{Training(best, now)} while {HeldOutName(now)} accuracy did not improve on {Percent(best.HeldOut?.Accuracy)}"
            + $" (epoch {best.Epoch}) for {now.Epoch - best.Epoch} epochs; gap {Points(now.Gap)}";
        var later = reports.Where(report => report.Epoch > now.Epoch).MaxBy(report => report.HeldOut?.Accuracy);
        return later is not null && OverfitRule.Improves(later, best, settings.MinDelta)
            ? $"{sentence}; later it did improve, to {Percent(later.HeldOut?.Accuracy)} (epoch {later.Epoch})"
            : sentence;
    }

    public static string Underfitting(EpochReport best, double halfway) =>
        $"training accuracy reached {Percent(best.TrainAccuracy)} (epoch {best.Epoch}), below {Percent(halfway)},"
        + " the middle between guessing and every image right";

    public static string Healthy(EpochReport last, IReadOnlyList<EpochReport> reports)
    {
        var best = reports.MaxBy(report => report.HeldOut?.Accuracy)!;
        return $"best {HeldOutName(best)} accuracy {Percent(best.HeldOut?.Accuracy)} (epoch {best.Epoch} of {last.Epoch});"
            + $" last gap {Points(last.Gap)}";
    }

    private static string Training(EpochReport best, EpochReport now) => now.TrainAccuracy > best.TrainAccuracy
        ? $"training accuracy rose from {Percent(best.TrainAccuracy)} to {Percent(now.TrainAccuracy)}"
        : $"training accuracy stayed at {Percent(now.TrainAccuracy)}";

    private static string HeldOutName(EpochReport report) => report.Validation is null ? "test" : "validation";

    private static string Percent(double? fraction) => fraction is { } value ? $"{value * 100:0.0} %" : "–";

    private static string Points(double? fraction) => fraction is { } value ? $"{value * 100:0.0} points" : "–";
}
