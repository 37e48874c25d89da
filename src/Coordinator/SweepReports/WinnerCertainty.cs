using System.Collections.Immutable;
using Sweep.Coordinator.Plans;
using Sweep.Coordinator.Replicates;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepReports;

/// <summary>How sure it is that the winner is the best, and how good it is.</summary>
/// <param name="Objective">Of the winner, where the objective is an accuracy and no configuration is repeated.</param>
/// <param name="Test">Of the winner's test accuracy in the epoch that validation chose; null where there is none.</param>
/// <param name="Rivals">Trials that cannot be told from the winner; configurations where they are repeated.</param>
/// <param name="Basis">By what they were compared; null where they could not be.</param>
public sealed record WinnerCertainty(ProportionInterval? Objective, ProportionInterval? Test, ImmutableArray<int> Rivals, string? Basis)
{
    public static WinnerCertainty Of(Leaderboard board, DatasetPlan? images)
    {
        var test = images is not null && board.Winner?.TestAccuracy is { } accuracy ? ProportionInterval.Wilson(accuracy, images.TestImages) : null;
        if (!board.Configurations.IsEmpty)
            return new(null, test, [.. board.Configurations.Where(row => row.CannotBeToldFromFirst).Select(row => row.Configuration)], PairedTTest.Name);
        var count = CountOf(board.Sweep.Objective, images);
        if (count == 0 || board.Winner?.Objective is not { } best) return new(null, test, [], null);
        var winner = ProportionInterval.Wilson(best, count);
        var rivals = board.Rows.Skip(1).Where(row => row.IsRankable && winner.CannotBeToldFrom(ProportionInterval.Wilson(row.Objective!.Value, count)));
        return new(winner, test, [.. rivals.Select(row => row.Trial.Number)], $"Newcombe's interval of a difference of two shares, {count:N0} images, 95 %");
    }

    /// <summary>Images that the objective is a share of; 0 where it is none, or nobody knows.</summary>
    private static int CountOf(Objective objective, DatasetPlan? images) => objective.Metric switch
    {
        ObjectiveMetric.ValidationAccuracy => images?.ValidationImages ?? 0,
        ObjectiveMetric.TestAccuracy => images?.TestImages ?? 0,
        _ => 0,
    };
}
