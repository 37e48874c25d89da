using System.Collections.Immutable;
using Sweep.Coordinator.Reports;

namespace Sweep.Coordinator.SweepReports;

/// <summary>Trials that the scheduler stopped, or kept back, for the same reason.</summary>
/// <param name="Reason">As the scheduler gave it.</param>
/// <param name="Trials">By number; the first of very many.</param>
/// <param name="Count">How many there are.</param>
internal sealed record StopReason(string Reason, int Count, ImmutableArray<int> Trials)
{
    private const int MostNamed = 40;

    /// <summary>The most frequent first.</summary>
    public static ImmutableArray<StopReason> Of(Leaderboard board) =>
    [
        .. board.Rows.Where(row => row.Detail is not null && (row.StoppedByScheduler || row.Outcome == RowOutcome.Paused))
            .GroupBy(row => row.Detail!, row => row.Trial.Number).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new StopReason(group.Key, group.Count(), [.. group.Order().Take(MostNamed)])),
    ];
}
