using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;
using Sweep.Coordinator.Views;

namespace Sweep.Coordinator.SweepReports;

/// <summary>What a sweep cost, and what ending trials early saved.</summary>
/// <param name="Seconds">From its start to its end, without times in which no coordinator ran.</param>
/// <param name="WorkerSeconds">That attempts held workers, all together.</param>
/// <param name="LostSeconds">Of these, by attempts that were lost, failed or handed back.</param>
/// <param name="Epochs">Recorded.</param>
/// <param name="EpochsAllowed">Budgets of all trials.</param>
/// <param name="SavedByScheduler">Epochs that trials had left when the scheduler ended them or kept them back.</param>
/// <param name="SavedByOverfitRule">Those that trials had left which overfitted.</param>
/// <param name="SavedByPlateauRule">Those of trials that stood still or reached another limit.</param>
/// <param name="SavedSeconds">About so much worker time they would have cost, each at its own trial's mean.</param>
public sealed record ComputeSpent(
    double Seconds, double WorkerSeconds, double LostSeconds, long Epochs, long EpochsAllowed,
    long SavedByScheduler, long SavedByOverfitRule, long SavedByPlateauRule, double SavedSeconds)
{
    public long Saved => SavedByScheduler + SavedByOverfitRule + SavedByPlateauRule;

    public static ComputeSpent Of(SweepState state, Leaderboard board, IEnumerable<AttemptRecord> attempts)
    {
        var byScheduler = board.Rows.Where(row => row.StoppedByScheduler || row.Outcome == RowOutcome.Paused).ToList();
        var overfit = board.Rows.Where(row => row.Outcome == RowOutcome.Overfit).ToList();
        var stopped = board.Rows.Where(row => row.Outcome == RowOutcome.Stopped && !row.StoppedByScheduler).ToList();
        return new ComputeSpent(
            state.RunningFor(state.Newest).TotalSeconds, state.WorkersHeldFor(state.Newest).TotalSeconds,
            attempts.Where(attempt => attempt.End?.Fate is AttemptFate.Lost or AttemptFate.Failed or AttemptFate.Released).Sum(attempt => attempt.SecondsUntil(state.Newest)),
            state.EpochsTotal, board.Rows.Sum(row => (long)row.EpochsAllowed),
            Left(byScheduler), Left(overfit), Left(stopped),
            byScheduler.Concat(overfit).Concat(stopped).Where(row => row.EpochsTrained > 0).Sum(row => row.Seconds / row.EpochsTrained * EpochsLeft(row)));
    }

    private static long Left(IEnumerable<LeaderboardRow> rows) => rows.Sum(row => (long)EpochsLeft(row));

    private static int EpochsLeft(LeaderboardRow row) => Math.Max(0, row.EpochsAllowed - row.EpochsTrained);
}
