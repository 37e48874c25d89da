using Sweep.Coordinator.Api;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator.Displays;

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
    public static string State(SweepDocument sweep)
    {
        var best = sweep.Best is { } row ? $"; best trial {row.Trial} at {Figures.Value(sweep.Objective.ToObjective(), row.Objective)}" : "";
        return $"{Finished(sweep)}, {UnderWay(sweep.Trials)}{best}";
    }

    /// <summary><c>4 of 12 finished</c>.</summary>
    public static string Finished(SweepDocument sweep) => $"{Of(sweep.Trials.Finished, sweep.TrialsTotal)} finished";

    /// <summary><c>2 running, 6 waiting</c>; <c>3 paused</c> too where there are any.</summary>
    public static string UnderWay(TrialCounts trials) =>
        $"{trials.Running} running, {trials.Waiting} waiting{(trials.Paused == 0 ? "" : $", {trials.Paused} paused")}";

    /// <summary><c>3 completed, 1 overfit</c>; empty before the first trial has ended.</summary>
    public static string Outcomes(TrialCounts trials)
    {
        (int Count, TrialOutcome Outcome)[] counts =
        [
            (trials.Completed, TrialOutcome.Completed), (trials.Stopped, TrialOutcome.Stopped), (trials.Overfit, TrialOutcome.Overfit),
            (trials.Diverged, TrialOutcome.Diverged), (trials.OutOfMemory, TrialOutcome.OutOfMemory), (trials.Failed, TrialOutcome.Failed),
            (trials.Cancelled, TrialOutcome.Cancelled),
        ];
        return string.Join(", ", counts.Where(count => count.Count > 0).Select(count => $"{count.Count} {Figures.Words(count.Outcome)}"));
    }

    /// <summary><c>4.1 a second</c>, or a minute or an hour, whichever makes at least one; null for a rate of nothing.</summary>
    public static string? Rate(double perSecond) => perSecond switch
    {
        <= 0 => null,
        >= 1 => $"{perSecond:0.#} a second",
        >= 1 / 60.0 => $"{perSecond * 60:0.#} a minute",
        _ => $"{perSecond * 3600:0.#} an hour",
    };

    /// <summary><c>about 4 min left (3–6)</c>: the range that holds the truth nine times out of ten.</summary>
    public static string Left(TimeLeft left)
    {
        var (unit, name) = UnitOf(left.Seconds);
        var (low, high) = (Number(left.Low), Number(left.High));
        return $"about {Number(left.Seconds)} {name} left{(low == high ? "" : $" ({low}–{high})")}";

        string Number(double seconds) => (seconds / unit).ToString(unit >= 3600 && seconds / unit < 10 ? "0.#" : "0");
    }

    /// <summary><c>just now</c>, <c>4 min ago</c>.</summary>
    public static string Ago(TimeSpan time)
    {
        if (time.TotalSeconds < 90) return "just now";
        var (unit, name) = UnitOf(time.TotalSeconds);
        return $"{time.TotalSeconds / unit:0} {name} ago";
    }

    private static (double Seconds, string Name) UnitOf(double seconds) => seconds switch
    {
        < 90 => (1, "s"),
        < 90 * 60 => (60, "min"),
        < 36 * 3600 => (3600, "h"),
        _ => (86_400, "days"),
    };

    private static string Of(int count, int? total) => total is null ? count.ToString() : $"{count} of {total}";
}
