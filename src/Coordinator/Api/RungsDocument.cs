using System.Collections.Immutable;
using Sweep.Coordinator.Schedulers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator.Api;

/// <summary>What became of a trial at a rung.</summary>
public enum RungFate { WentOn, Paused, Stopped, Running, Ended }

/// <summary>Where the scheduler compared trials, and what became of them.</summary>
/// <param name="Rungs">Lowest first, bracket by bracket; none where the scheduler has no rungs.</param>
/// <param name="Stopped">The newest trials that the scheduler stopped or did not promote, newest first.</param>
/// <param name="StoppedTotal">How many there are.</param>
/// <param name="EpochsSaved">That those had left.</param>
public sealed record RungsDocument(
    SchedulerKind Scheduler, ImmutableArray<RungDocument> Rungs, IReadOnlyList<StoppedTrial> Stopped, int StoppedTotal, long EpochsSaved, long Number)
{
    public static RungsDocument Of(SweepBooks books, int limit)
    {
        var (state, sweep) = (books.State, books.State.Definition);
        var stopped = state.Trials.Where(trial => trial.ByScheduler).ToList();
        return new RungsDocument(
            sweep.Scheduler.Kind, [.. RungsOf(state, limit)],
            [.. stopped.AsEnumerable().Reverse().Take(limit).Select(trial => new StoppedTrial(trial.Id.Number, trial.Reports.Count, trial.Detail))],
            stopped.Count, stopped.Sum(trial => (long)trial.Configuration.Budget - trial.Reports.Count), books.Number);
    }

    private static IEnumerable<RungDocument> RungsOf(SweepState state, int limit)
    {
        var (kind, min, factor) = state.Definition.Scheduler;
        if (kind is not (SchedulerKind.Asha or SchedulerKind.Hyperband or SchedulerKind.Bohb or SchedulerKind.Screening)) yield break;
        var levels = RungLevels.Below(state.Definition.MaxEpochs, min, factor);
        var (hyperband, screen) = (state.Scheduler as HyperbandScheduler, state.Scheduler as ScreeningScheduler);
        var reached = state.Trials.Where(trial => trial.Reports.Count >= min && state.StandingOf(trial.Id) is not null && screen?.IsScreened(trial.Id) != false)
            .ToLookup(trial => hyperband?.BracketOf(trial.Id) ?? 0);
        for (var bracket = 0; bracket < (hyperband is null ? 1 : levels.Length + 1); bracket++)
            foreach (var level in levels.Skip(bracket)) yield return RungDocument.Of(state, bracket, level, reached[bracket], limit);
    }
}

/// <param name="Epochs">After which trials are compared here.</param>
/// <param name="Reached">How many have come so far.</param>
/// <param name="Entries">The best of them, best first.</param>
public sealed record RungDocument(
    int Bracket, int Epochs, int Reached, int WentOn, int Paused, int Stopped, IReadOnlyList<RungEntry> Entries)
{
    internal static RungDocument Of(SweepState state, int bracket, int level, IEnumerable<TrialState> trials, int limit)
    {
        var objective = state.Definition.Objective;
        var entries = trials.Where(trial => trial.Reports.Count >= level)
            .Select(trial => new RungEntry(trial.Id.Number, ValueAt(objective, trial, level), FateOf(trial, level))).ToList();
        var ordered = objective.Maximizes
            ? entries.OrderByDescending(entry => entry.Objective ?? double.NegativeInfinity)
            : entries.OrderBy(entry => entry.Objective ?? double.PositiveInfinity);
        return new RungDocument(
            bracket, level, entries.Count, Count(RungFate.WentOn), Count(RungFate.Paused), Count(RungFate.Stopped), [.. ordered.ThenBy(entry => entry.Trial).Take(limit)]);

        int Count(RungFate fate) => entries.Count(entry => entry.Fate == fate);
    }

    private static double? ValueAt(Objective objective, TrialState trial, int level)
    {
        var best = Standing.EachOf(objective, trial.Id, trial.Reports.Take(level)).Last().Best;
        return !double.IsFinite(best) ? null : objective.Maximizes ? best : -best;
    }

    private static RungFate FateOf(TrialState trial, int level) => trial switch
    {
        _ when trial.Reports.Count > level => RungFate.WentOn,
        { IsPaused: true } => RungFate.Paused,
        { ByScheduler: true } => RungFate.Stopped,
        { Outcome: null } => RungFate.Running,
        _ => RungFate.Ended,
    };
}

/// <param name="Objective">The best of the epochs until the rung; null where none was finite.</param>
public sealed record RungEntry(int Trial, double? Objective, RungFate Fate);

public sealed record StoppedTrial(int Trial, int Epochs, string? Detail);
