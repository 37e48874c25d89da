using Spectre.Console;
using Sweep.Coordinator.Api;
using Sweep.Coordinator.Displays;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Commands;

/// <summary>A sweep at a glance, in words.</summary>
internal static class StatusText
{
    private const int MostWarnings = 3;

    /// <param name="isLive">A coordinator is at work on it.</param>
    public static void Write(IAnsiConsole console, SweepDocument sweep, bool isLive)
    {
        var ending = sweep.Ending is { } how ? $" ({Figures.Words(how)})" : "";
        var asleep = !isLive && sweep.Activity != SweepActivity.Ended ? "; no coordinator is at work on it, and coordinator --resume goes on" : "";
        console.Write(new Text($"{sweep.Name}: {Figures.Words(sweep.Activity)}{ending}{asleep}\n"));
        var grid = new Grid().AddColumn(new GridColumn { Padding = new Padding(2, 0, 2, 0), NoWrap = true }).AddColumn(new GridColumn { Padding = new Padding(0) });
        foreach (var (name, text) in Facts(sweep, isLive)) grid.AddRow(new Text(name), new Text(PictureLine.Printable(text)));
        console.Write(grid);
    }

    private static IEnumerable<(string Name, string Text)> Facts(SweepDocument sweep, bool isLive)
    {
        if (sweep.Question is { } question) yield return ("question", question);
        yield return ("trials", Trials(sweep));
        yield return ("epochs", isLive && ProgressSentences.Rate(sweep.EpochsPerSecond) is { } rate ? $"{sweep.Epochs}, {rate} on {LeaderboardSentences.Plural(sweep.Workers, "worker")}" : $"{sweep.Epochs}");
        yield return ("time", Figures.Duration(sweep.RunningSeconds) + (sweep.TimeLeft is { } left ? $", {ProgressSentences.Left(left)}" : ""));
        if (sweep.Best is { } best) yield return ("best", $"trial {best.Trial}: {Figures.Value(sweep.Objective.ToObjective(), best.Objective)}  {Figures.Compact(best.Hyperparameters)}");
        if (sweep.Notice is { } notice) yield return ("notice", notice);
        foreach (var warning in sweep.Warnings.Take(MostWarnings)) yield return ("warning", warning.Text);
    }

    private static string Trials(SweepDocument sweep)
    {
        var (underWay, outcomes) = (ProgressSentences.UnderWay(sweep.Trials), ProgressSentences.Outcomes(sweep.Trials));
        return $"{ProgressSentences.Finished(sweep)}{(outcomes.Length == 0 ? "" : $" ({outcomes})")}{(sweep.Activity == SweepActivity.Ended ? "" : $", {underWay}")}";
    }
}
