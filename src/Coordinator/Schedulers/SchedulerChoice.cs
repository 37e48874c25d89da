using Sweep.Coordinator.SweepFiles;

namespace Sweep.Coordinator.Schedulers;

/// <summary>What <c>scheduler: {name: auto}</c> chooses: see docs/decisions/2026-11-30-search-and-scheduler-are-one-choice.md.</summary>
public static class SchedulerChoice
{
    private const int Factor = 3;

    /// <summary>The screen takes at most this share of the trials: the others are the search that it prepares.</summary>
    private const int ShareOfScreen = 2;

    /// <param name="algorithm">Null where the search is in error.</param>
    /// <param name="trials">Null for as many as there are.</param>
    /// <param name="maxEpochs">Of a whole training.</param>
    public static SchedulerSettings Of(SearchAlgorithm? algorithm, int? trials, int maxEpochs)
    {
        if (maxEpochs < Factor) return None($"{maxEpochs} epochs are too few to judge a trial before its end");
        if (algorithm is not (SearchAlgorithm.Gp or SearchAlgorithm.Tpe or SearchAlgorithm.CmaEs or SearchAlgorithm.Evolution))
            return new SchedulerSettings(SchedulerKind.Asha, 1, Factor) { Reason = "the search does not learn, so that early values are all there is to choose by" };
        var min = 1;
        while (min < maxEpochs && ScreeningScheduler.TrialsOf(min, maxEpochs, Factor) > (trials ?? int.MaxValue) / ShareOfScreen) min *= Factor;
        if (min >= maxEpochs) return None($"{trials} trials are too few to screen some of them");
        var screened = ScreeningScheduler.TrialsOf(min, maxEpochs, Factor);
        return new SchedulerSettings(SchedulerKind.Screening, min, Factor)
        {
            Reason = $"the first {screened} trials are screened early, and so is what begins before one of them was trained in full; from then on the search knows what is worth that",
        };
    }

    private static SchedulerSettings None(string reason) => new(SchedulerKind.None) { Reason = reason };
}
