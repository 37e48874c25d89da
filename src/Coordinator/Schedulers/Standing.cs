using Sweep.Shared;

namespace Sweep.Coordinator.Schedulers;

/// <summary>How far a trial has come, and how well. Scores are values of the objective, turned so that more is better.</summary>
/// <param name="Epoch">Epochs recorded; at least 1.</param>
/// <param name="Best">Of these epochs, as on the leaderboard; −∞ where none has a finite value, so that NaN loses.</param>
/// <param name="Mean">Of the finite values of these epochs; −∞ where there is none.</param>
/// <param name="Latest">Of the newest epoch; −∞ where it is not finite.</param>
/// <param name="Seconds">That these epochs took, training and evaluation together, as workers measured them.</param>
/// <param name="SecondsBefore">The same without the newest.</param>
public readonly record struct Standing(
    TrialId Trial, int Epoch, double Best, double Mean, double Latest = double.NegativeInfinity, double Seconds = 0, double SecondsBefore = 0)
{
    /// <param name="reports">Epochs 1, 2, 3 …; at least one.</param>
    public static Standing Of(Objective objective, TrialId trial, IReadOnlyCollection<EpochReport> reports) => EachOf(objective, trial, reports).Last();

    /// <summary>After each epoch.</summary>
    /// <param name="reports">Epochs 1, 2, 3 ….</param>
    public static IEnumerable<Standing> EachOf(Objective objective, TrialId trial, IEnumerable<EpochReport> reports)
    {
        var (best, sum, count, seconds) = (double.NegativeInfinity, 0.0, 0, 0.0);
        foreach (var report in reports)
        {
            var score = objective.Maximizes ? objective.Of(report) : -objective.Of(report);
            if (double.IsFinite(score)) (best, sum, count) = (Math.Max(best, score), sum + score, count + 1);
            var before = seconds;
            seconds += report.Seconds;
            yield return new Standing(
                trial, report.Epoch, best, count == 0 ? double.NegativeInfinity : sum / count, double.IsFinite(score) ? score : double.NegativeInfinity,
                seconds, before);
        }
    }
}
