using Spectre.Console;
using Sweep.Coordinator.Reports;
using Sweep.Shared;
using Column = Sweep.Coordinator.Reports.ConsoleColumn<Sweep.Coordinator.SweepReports.ComparedRun>;

namespace Sweep.Coordinator.SweepReports;

/// <summary>Runs side by side on a console.</summary>
internal static class ConsoleComparison
{
    public static void Write(IAnsiConsole console, RunComparison comparison)
    {
        var name = new Column("run", run => Path.GetFileName(run.Run.TrimEnd('/'))) { IsNumeric = false };
        var value = new Column("objective", run => Figures.Value(run.ChosenBy, run.Objective));
        var interval = new Column("95 %", run => Interval(run.ObjectiveInterval));
        var test = new Column("test@val", run => Figures.Percent(run.TestAccuracy));
        var versus = new Column("vs. first", run => run.CannotBeToldFromFirst switch { true => "≈", false => "differs", null => Figures.Absent }) { IsNumeric = false };
        var trials = new Column("trials", run => run.Trials.ToString());
        var epochs = new Column("epochs", run => run.Epochs.ToString("N0"));
        var toBest = new Column("to best", run => run.EpochsToBest?.ToString("N0") ?? Figures.Absent);
        var saved = new Column("saved", run => run.EpochsSaved.ToString("N0"));
        var time = new Column("worker time", run => Figures.Duration(run.WorkerSeconds));
        var search = new Column("search", run => run.Scheduler == "none" ? run.Search : $"{run.Search}+{run.Scheduler}") { IsNumeric = false };
        var failed = new Column("failed", run => run.Failed.ToString());
        var chosen = ConsoleTable.Fitting(
            byWorth: [name, value, test, versus, search, interval, epochs, toBest, trials, time, saved, failed],
            inOrder: [name, search, value, interval, test, versus, trials, failed, epochs, toBest, saved, time],
            comparison.Runs, console.Profile.Width);
        console.Write(ConsoleTable.Of(chosen, comparison.Runs, _ => Style.Plain));
        console.WriteLine();
        foreach (var caution in comparison.Cautions) console.MarkupLineInterpolated($"[yellow]{caution}[/]");
        foreach (var differences in comparison.Differences.Where(differences => !differences.Keys.IsEmpty))
        {
            console.WriteLine($"{differences.Run} differs in its sweep file:");
            foreach (var key in differences.Keys) console.WriteLine($"  {key}");
        }
        console.MarkupLineInterpolated($"[dim]≈: the winners' objectives cannot be told apart (95 %, as shares of so many images). to best: epochs of the whole run until its best one.[/]");
    }

    private static string Interval(ProportionInterval? interval) =>
        interval is null ? Figures.Absent : $"{Figures.Points(interval.Low)}–{Figures.Points(interval.High)}";
}
