using System.Collections.Immutable;
using Sweep.Coordinator.Schedulers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Views;

/// <summary>What became of a trial at a rung.</summary>
public enum RungFate { WentOn, Paused, Stopped, Running, Ended }

/// <summary>A rung, and who has come so far.</summary>
/// <param name="Epochs">After which trials are compared here; null where they are by seconds.</param>
/// <param name="Seconds">Of training, after which they are; null where they are by epochs.</param>
/// <param name="Entries">The best of those who came, best first.</param>
public sealed record RungRow(
    int Bracket, int? Epochs, int? Seconds, int Reached, int WentOn, int Paused, int Stopped, ImmutableArray<RungEntry> Entries);

/// <param name="Objective">The best of the epochs until the rung; null where none was finite.</param>
public readonly record struct RungEntry(int Trial, double? Objective, RungFate Fate);

/// <summary>Rung by rung, whom the scheduler promoted, paused and stopped. Pure; one walk over all trials.</summary>
public static class RungTable
{
    /// <param name="most">Entries of each rung.</param>
    /// <returns>Empty for a scheduler without rungs.</returns>
    public static ImmutableArray<RungRow> Of(SweepState state, int most)
    {
        var sweep = state.Definition;
        var seconds = sweep.Scheduler.Seconds;
        if (sweep.Scheduler.Kind is not (SchedulerKind.Asha or SchedulerKind.Hyperband or SchedulerKind.Bohb or SchedulerKind.Screening)) return [];
        int[] levels = seconds is null
            ? [.. RungLevels.Below(sweep.MaxEpochs, sweep.Scheduler.MinEpochs, sweep.Scheduler.ReductionFactor)]
            : [.. SecondsScheduler.LevelsOf(seconds, sweep.Scheduler.ReductionFactor)];
        var rungs = Entries(state, levels);
        return
        [
            // How many rungs of seconds there are nobody knows before; those that nobody has reached are left out.
            .. rungs.Where(rung => seconds is null || rung.Value.Count > 0).Select(rung => RowOf(sweep.Objective, rung.Key.Bracket, levels[rung.Key.Level], seconds is not null, rung.Value, most)),
        ];
    }

    private static SortedDictionary<(int Bracket, int Level), List<RungEntry>> Entries(SweepState state, int[] levels)
    {
        var (screen, sweep) = (state.Scheduler as ScreeningScheduler, state.Definition);
        var brackets = sweep.Scheduler.Kind is SchedulerKind.Hyperband or SchedulerKind.Bohb ? levels.Length + 1 : 1;
        var rungs = new SortedDictionary<(int Bracket, int Level), List<RungEntry>>();
        for (var bracket = 0; bracket < brackets; bracket++)
            for (var level = bracket; level < levels.Length; level++) rungs[(bracket, level)] = [];
        foreach (var trial in state.Trials)
        {
            if (trial.Replicate > sweep.Replicates.OfEach || screen?.IsScreened(trial.Id) == false) continue;
            var bracket = brackets == 1 ? 0 : state.Scheduler.BracketOf(trial.Id);
            var level = bracket;
            foreach (var standing in Standing.EachOf(sweep.Objective, trial.Id, trial.Reports))
            {
                var come = sweep.Scheduler.Seconds is null ? standing.Epoch : standing.Seconds;
                for (; level < levels.Length && levels[level] <= come; level++) rungs[(bracket, level)].Add(EntryOf(sweep.Objective, trial, standing));
                if (level == levels.Length) break;
            }
        }
        return rungs;
    }

    private static RungEntry EntryOf(Objective objective, TrialState trial, Standing standing) => new(
        trial.Id.Number, !double.IsFinite(standing.Best) ? null : objective.Maximizes ? standing.Best : -standing.Best, trial switch
        {
            _ when trial.Reports.Count > standing.Epoch => RungFate.WentOn,
            { IsPaused: true } => RungFate.Paused,
            { ByScheduler: true } => RungFate.Stopped,
            { Outcome: null } => RungFate.Running,
            _ => RungFate.Ended,
        });

    private static RungRow RowOf(Objective objective, int bracket, int level, bool inSeconds, List<RungEntry> entries, int most)
    {
        var sign = objective.Maximizes ? -1 : 1;
        return new RungRow(
            bracket, inSeconds ? null : level, inSeconds ? level : null, entries.Count, Count(RungFate.WentOn), Count(RungFate.Paused), Count(RungFate.Stopped),
            [.. entries.OrderBy(entry => sign * entry.Objective ?? double.PositiveInfinity).ThenBy(entry => entry.Trial).Take(most)]);

        int Count(RungFate fate) => entries.Count(entry => entry.Fate == fate);
    }
}
