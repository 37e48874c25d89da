using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Views;

/// <summary>How long a sweep still takes, by what was measured. Pure.</summary>
/// <param name="Seconds">As likely too short as too long.</param>
/// <param name="Low">With <paramref name="High"/>, a range that holds the truth nine times out of ten, if what is to come costs as what has been.</param>
public sealed record TimeLeft(double Seconds, double Low, double High)
{
    /// <returns>Null where it cannot be told: nothing was measured, nobody works, or nobody knows how many trials there will be.</returns>
    /// <param name="total">Trials that there will be; null where nobody knows.</param>
    public static TimeLeft? Of(SweepState state, TrialCosts costs, int? total, DateTimeOffset now)
    {
        if (state.Ending is not null || state.Running.IsEmpty || total is not { } trials) return null;
        var running = state.Running.Values.Select(attempt => state[attempt.Trial]).ToList();
        double[] measured = costs.Newest.Count > 0 ? [.. costs.Newest] : [.. running.Where(HasEpochs).Select(trial => EpochSecondsOf(trial) * trial.Configuration.Budget)];
        if (measured.Length == 0) return null;
        var mayStop = state.Definition.Scheduler.Kind is not (SchedulerKind.None or SchedulerKind.Pbt);
        var rest = new RestOfSweep(
            [.. running.Select(trial => RestOf(trial, mayStop, now))], Math.Max(0, trials - state.FinishedCount - running.Count), measured);
        return rest.Estimate().AtMost(LimitOf(state, now));
    }

    private static RestOfTrial RestOf(TrialState trial, bool mayStop, DateTimeOffset now) => new(
        trial.SecondsUntil(now), HasEpochs(trial) ? EpochSecondsOf(trial) * (trial.Configuration.Budget - trial.Reports.Count) : null, mayStop);

    private static bool HasEpochs(TrialState trial) => !trial.Reports.IsEmpty;

    private static double EpochSecondsOf(TrialState trial) => trial.Reports.Average(report => report.Seconds);

    private static double LimitOf(SweepState state, DateTimeOffset now) =>
        state.Definition.Limits.MaxDuration is { } most ? Math.Max(0, (most - state.RunningFor(now)).TotalSeconds) : double.PositiveInfinity;

    private TimeLeft AtMost(double limit) => new(Math.Min(Seconds, limit), Math.Min(Low, limit), Math.Min(High, limit));
}
