using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary>A running sweep in words.</summary>
public static class ProgressSentences
{
    /// <summary><c>trial 3 finished: completed, validation accuracy 91.20 %, 4 of 12</c>; with the detail of a failure.</summary>
    /// <param name="finished">Trials that have ended, this one included.</param>
    /// <param name="total">Null where nobody knows yet.</param>
    public static string TrialFinished(Objective objective, TrialState trial, int finished, int? total)
    {
        var row = LeaderboardRow.Of(objective, trial, sweepEnded: true);
        var value = row.Objective is null ? "" : $", {Figures.Words(objective)} {Figures.Value(objective, row.Objective)}";
        var detail = trial.Detail is null ? "" : $" ({trial.Detail.ReplaceLineEndings(" ")})";
        return $"trial {trial.Id} finished: {Figures.Words(row.Outcome)}{detail}{value}, {Of(finished, total)}";
    }

    /// <summary><c>4 of 12 finished, 2 running, 6 waiting; best trial 3 at 91.20 %</c>.</summary>
    public static string State(Objective objective, SweepProgress progress) =>
        $"{Of(progress.Finished, progress.Total)} finished, {progress.Running.Count} running, {progress.Waiting} waiting{Paused(progress)}{Best(objective, progress)}";

    private static string Paused(SweepProgress progress) => progress.Paused == 0 ? "" : $", {progress.Paused} paused";

    private static string Best(Objective objective, SweepProgress progress) =>
        progress.Best is { } best ? $"; best trial {best.Trial} at {Figures.Value(objective, best.Objective)}" : "";

    private static string Of(int count, int? total) => total is null ? count.ToString() : $"{count} of {total}";
}
