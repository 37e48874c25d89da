using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary>The leaderboard in words.</summary>
public static class LeaderboardSentences
{
    /// <summary>The median rule may stop trials after any epoch.</summary>
    private const int MostPlaces = 8;

    /// <summary><c>12 trials: 9 completed, 2 overfit, 1 failed</c>; <c>4 configurations in 12 trials: …</c> where they are repeated.</summary>
    public static string Counts(Leaderboard board)
    {
        var counts = board.Rows.CountBy(row => row.Outcome).OrderBy(count => count.Key)
            .Select(count => $"{count.Value} {Figures.Words(count.Key)}");
        if (board.Rows.IsEmpty) return "no trials";
        var configurations = board.Configurations.IsEmpty ? "" : $"{Plural(board.Configurations.Length, "configuration")} in ";
        return $"{configurations}{Plural(board.Rows.Length, "trial")}: {string.Join(", ", counts)}";
    }

    /// <summary>Who leads, by what, and what may be claimed of it.</summary>
    public static string Winner(Leaderboard board)
    {
        if (board.WinningConfiguration is { } configuration) return ConfigurationSentences.Winner(board, configuration);
        if (board.Winner is not { } row) return board.Ended ? "No trial has a result." : "No trial has a result yet.";
        var objective = board.Sweep.Objective;
        var sentence = $"Trial {row.Trial} {(board.Ended ? "won" : "leads")} with {Figures.Words(objective)}"
            + $" {Figures.Value(objective, row.Objective)} in epoch {row.ObjectiveEpoch}{(TestAccuracy(objective, row) is { } test ? $"; {test}" : "")}.";
        return row.Hyperparameters.Count == 0 ? sentence : $"{sentence} Hyperparameters: {row.Hyperparameters}.";
    }

    /// <summary>Which trials are on the Pareto front; null in a sweep with one objective, and while no trial is ranked.</summary>
    public static string? Front(Leaderboard board)
    {
        var front = board.Rows.Where(row => row.Front == 1).Select(row => row.Trial.ToString()).ToList();
        if (front.Count == 0) return null;
        var names = board.Sweep.FurtherObjectives.Select(further => Figures.Words(further.Metric)).Prepend(Figures.Words(board.Sweep.Objective));
        return $"On the Pareto front of {string.Join(", ", names)}: trial{(front.Count == 1 ? "" : "s")} {string.Join(", ", front)}. "
            + "No other trial betters one of these in one respect without losing in another.";
    }

    /// <summary><c>2 (1-4), 5 (5-12)</c>: the first four epochs of the trial's network were trial 2's; null where trials share none.</summary>
    public static string? Lineage(LeaderboardRow row) =>
        row.Lineage is { } lineage ? string.Join(", ", lineage.Select(segment => $"{segment.Trial} ({segment.FirstEpoch}-{segment.LastEpoch})")) : null;

    /// <summary>
    /// <c>asha stopped 8 of 12 trials (6 after 1 epoch, 2 after 3 epochs) and saved 592 of 972 epochs</c>; null where there is no scheduler.
    /// </summary>
    public static string? Scheduler(Leaderboard board)
    {
        if (board.Sweep.Scheduler == SchedulerKind.None) return null;
        if (board.Sweep.Scheduler == SchedulerKind.Pbt)
            return $"pbt: {Plural(board.Rows.Count(row => row.Exploits > 0), "trial")} of {board.Rows.Length} took over another one's network, {Plural(board.Rows.Sum(row => row.Exploits), "time")} in all";
        var stopped = board.Rows.Where(row => row.StoppedByScheduler || row.Outcome == RowOutcome.Paused).ToList();
        var name = Figures.SnakeCase(board.Sweep.Scheduler);
        var trials = Plural(board.Rows.Length, "trial");
        if (stopped.Count == 0) return $"{name} {(board.Ended ? "stopped" : "keeps back")} none of {trials}";
        var places = stopped.CountBy(row => row.EpochsTrained).OrderBy(count => count.Key)
            .Select(count => $"{count.Value} after {Plural(count.Key, "epoch")}").ToList();
        var shown = places.Count > MostPlaces ? [.. places.Take(MostPlaces), "…"] : places;
        return $"{name} {(board.Ended ? "stopped" : "keeps back")} {stopped.Count} of {trials} ({string.Join(", ", shown)}) and saved"
            + $" {stopped.Sum(row => row.EpochsAllowed - row.EpochsTrained):N0} of {board.Rows.Sum(row => (long)row.EpochsAllowed):N0} epochs";
    }

    public static string Plural(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    private static string? TestAccuracy(Objective objective, LeaderboardRow row)
    {
        if (row.BestTestAccuracy is null) return null;
        var best = $"its best test accuracy is {Figures.Percent(row.BestTestAccuracy)} in epoch {row.BestTestEpoch}";
        if (row.TestAccuracy is null) return best;
        return objective.ChoosesByTestImages
            ? $"{best}, and in epoch {row.ChosenEpoch}, which validation images would choose, it is {Figures.Percent(row.TestAccuracy)}"
            : $"there its test accuracy is {Figures.Percent(row.TestAccuracy)}"
                + $" (best of all epochs: {Figures.PercentAt(row.BestTestAccuracy, row.BestTestEpoch)})";
    }
}
