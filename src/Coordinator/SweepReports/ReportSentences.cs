using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepReports;

/// <summary>The report in words, for both of its views.</summary>
public static class ReportSentences
{
    private const int MostNamed = 12;

    /// <summary>What may be claimed of the winner, sentence by sentence.</summary>
    public static IEnumerable<string> Claims(SweepReport report)
    {
        var (certainty, board) = (report.Certainty, report.Board);
        if (board.Winner is null) yield break;
        if (certainty.Objective is { } objective)
            yield return $"Its {Figures.Words(board.Sweep.Objective)} lies between {Figures.Percent(objective.Low)} and {Figures.Percent(objective.High)} "
                + $"(Wilson's 95 % interval, {objective.Count:N0} images). It is the best of {LeaderboardSentences.Plural(board.Rows.Length, "trial")}, and partly luck.";
        if (certainty.Test is { } test && !board.Sweep.Objective.ChoosesByTestImages)
            yield return $"On test images that chose nothing, its accuracy is {Figures.Percent(test.Share)}, between {Figures.Percent(test.Low)} and {Figures.Percent(test.High)} "
                + $"(95 %, {test.Count:N0} images): the figure to claim.";
        if (board.Winner.TestAccuracy is null)
            yield return "The sweep held out no validation images: the test images chose the epoch, so that no unbiased accuracy is known.";
        yield return Rivals(report);
    }

    public static string Rivals(SweepReport report)
    {
        var (noun, rivals) = (report.Board.Configurations.IsEmpty ? "trial" : "configuration", report.Certainty.Rivals);
        if (report.Certainty.Basis is not { } basis) return "A single loss has no interval: which other trials are as good cannot be said. Repeat the best by search.final_replicates.";
        if (rivals.IsEmpty) return $"No other {noun} is as good, as far as can be told ({basis}).";
        var named = string.Join(", ", rivals.Take(MostNamed)) + (rivals.Length > MostNamed ? $" and {rivals.Length - MostNamed} more" : "");
        return rivals.Length == 1
            ? $"One {noun} cannot be told from it: {named} ({basis})."
            : $"{rivals.Length} {noun}s cannot be told from it: {named} ({basis}).";
    }

    /// <summary>Whether test images took part in choosing.</summary>
    public static string WhoChose(SweepReport report) => report.Board.Sweep.Objective.ChoosesByTestImages
        ? report.Board.Notice!
        : report.Images is null ? $"The trainer's own {report.Board.Sweep.Objective.Name} chose; the trainer alone knows on what it was measured."
        : report.Images.ValidationImages == 0
            ? "The sweep held out no validation images: test images chose the best epoch."
            : $"{report.Images.ValidationImages:N0} validation images chose; the {report.Images.TestImages:N0} test images took no part in it.";

    /// <summary><c>12 healthy, 3 overfitting</c>.</summary>
    public static string Verdicts(SweepReport report) => string.Join(", ", report.Board.Rows.CountBy(row => row.Verdict).OrderBy(count => count.Key)
        .Where(count => count.Key != VerdictKind.Undetermined).Select(count => $"{count.Value} {Figures.Words(count.Key)}"));

    /// <summary>What was spent and saved, as label and value.</summary>
    public static IEnumerable<(string Label, string Value)> Compute(SweepReport report)
    {
        var compute = report.Compute;
        yield return ("Time", Figures.Duration(compute.Seconds));
        yield return ("Workers held, together", Figures.Duration(compute.WorkerSeconds));
        if (compute.LostSeconds > 0) yield return ("of it lost with attempts that ended otherwise", Figures.Duration(compute.LostSeconds));
        yield return ("Epochs trained", $"{compute.Epochs:N0} of {compute.EpochsAllowed:N0} that were allowed");
        if (compute.SavedByScheduler > 0) yield return ($"Epochs saved by {Figures.SnakeCase(report.Board.Sweep.Scheduler)}", $"{compute.SavedByScheduler:N0}");
        if (compute.SavedByOverfitRule > 0) yield return ("Epochs saved by stopping what overfitted", $"{compute.SavedByOverfitRule:N0}");
        if (compute.SavedByPlateauRule > 0) yield return ("Epochs saved by stopping what stood still", $"{compute.SavedByPlateauRule:N0}");
        if (compute.Saved > 0) yield return ("Worker time saved, about", Figures.Duration(compute.SavedSeconds));
    }

    /// <summary>Where it ran and by what, as label and value.</summary>
    public static IEnumerable<(string Label, string Value)> Origin(SweepReport report)
    {
        var (state, facts) = (report.State, report.Facts);
        foreach (var machine in facts.Machines) yield return ("Coordinator on", machine);
        foreach (var (device, workers) in facts.Devices) yield return (LeaderboardSentences.Plural(workers, "worker"), device);
        yield return ("Version", string.Join(", ", facts.Programs.IsEmpty ? [state.Program ?? "unknown"] : facts.Programs));
        if (report.Images is { } images) yield return ("Data set", $"{images.Name}: {images.TrainImages:N0} training, {images.ValidationImages:N0} validation and {images.TestImages:N0} test images");
        if (state.Definition.Base is CustomConfiguration custom)
            yield return ("Trainer", custom.Trainer.Command is { } command ? string.Join(' ', command.Command) : custom.TrainerName);
        yield return ("Search", $"{Figures.SnakeCase(state.Definition.Search.Algorithm)}{(state.Definition.Search.Reason is { } reason ? $" (auto: {reason})" : "")}");
        if (state.Definition.Scheduler.Kind != SchedulerKind.None) yield return ("Scheduler", Figures.SnakeCase(state.Definition.Scheduler.Kind));
        yield return ("Seed", state.Definition.Seed.ToString());
        if (state.SweepFileHash is { } hash) yield return ("SHA-256 of the sweep file", hash);
        yield return ("Sweep", state.Sweep?.Value ?? Figures.Absent);
    }

    /// <summary>What to type to have it again. On CPUs the numbers are the same to the bit with as many threads a worker.</summary>
    public static string Command(SweepReport report) =>
        $"coordinator --sweep sweep.yaml{(report.Facts.LocalWorkers is { } workers ? $" --workers {workers}" : "")}";
}
