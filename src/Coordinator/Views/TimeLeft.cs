using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Views;

/// <summary>What trials that have ended cost: seconds under lease, by Welford's running mean and variance.</summary>
public sealed class TrialCosts
{
    private double _squares;

    public int Count { get; private set; }

    public double Mean { get; private set; }

    public double Deviation => Count < 2 ? 0 : Math.Sqrt(_squares / (Count - 1));

    internal void Add(TrialState trial)
    {
        if (trial.Reports.IsEmpty) return;
        var before = trial.Seconds - Mean;
        Mean += before / ++Count;
        _squares += before * (trial.Seconds - Mean);
    }
}

/// <summary>How long a sweep still takes, by what was measured. Pure.</summary>
/// <param name="Seconds">The most likely value.</param>
/// <param name="Low">With <paramref name="High"/>, a range that holds the truth nine times out of ten, if what is to come costs as what has been.</param>
public sealed record TimeLeft(double Seconds, double Low, double High)
{
    /// <summary>Standard deviations to both sides that hold nine tenths of a normal distribution.</summary>
    private const double NineTenths = 1.645;

    /// <summary>Trials of one sweep may differ a lot: before two have ended, one is assumed to deviate by half.</summary>
    private const double GuessedShare = 0.5;

    /// <summary>
    /// Trials still to come cost what those that have ended did, n of them n times the mean m, and deviate by s·√n, and by s·n/√k since m is itself
    /// known from k trials only. Workers share them evenly. Before the first trial has ended, epochs measured so far stand for m.
    /// </summary>
    /// <param name="total">Trials that there will be; null where nobody knows.</param>
    /// <returns>Null where it cannot be told: nothing was measured, nobody works, or nobody knows how many trials there will be.</returns>
    public static TimeLeft? Of(SweepState state, TrialCosts costs, int? total, DateTimeOffset now)
    {
        if (state.Ending is not null || total is not { } trials || state.Running.IsEmpty) return null;
        var running = state.Running.Values.Select(attempt => state[attempt.Trial]).ToList();
        if ((costs.Count > 0 ? costs.Mean : MeanByEpochs(running)) is not { } mean) return null;
        var deviation = costs.Count > 1 ? costs.Deviation : GuessedShare * mean;
        var open = Math.Max(0, trials - state.FinishedCount - running.Count);
        var work = open * mean + running.Sum(trial => Math.Max(0, RemainingOf(trial, mean, now)));
        var left = open + running.Count;
        var workers = Math.Min(Math.Max(1, running.Count), Math.Max(1, left));
        var spread = deviation * Math.Sqrt(left + left * (double)left / Math.Max(1, costs.Count)) / workers * NineTenths;
        var seconds = work / workers;
        var limit = state.Definition.Limits.MaxDuration is { } most ? Math.Max(0, (most - state.RunningFor(now)).TotalSeconds) : double.PositiveInfinity;
        return new TimeLeft(Math.Min(seconds, limit), Math.Min(Math.Max(0, seconds - spread), limit), Math.Min(seconds + spread, limit));
    }

    private static double? MeanByEpochs(List<TrialState> running)
    {
        var measured = running.Where(trial => !trial.Reports.IsEmpty).ToList();
        return measured.Count == 0 ? null : measured.Average(trial => trial.Reports.Average(report => report.Seconds) * trial.Configuration.Budget);
    }

    private static double RemainingOf(TrialState trial, double mean, DateTimeOffset now) => trial.Reports.IsEmpty
        ? mean - trial.SecondsUntil(now)
        : Math.Min(trial.Reports.Average(report => report.Seconds) * (trial.Configuration.Budget - trial.Reports.Count), Math.Max(mean, trial.SecondsUntil(now)));
}
