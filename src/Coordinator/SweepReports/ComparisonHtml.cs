using System.Text;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.WebPages;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepReports;

/// <summary>Runs side by side as one page, by the template <c>Web/compare.liquid</c>.</summary>
public static class ComparisonHtml
{
    private static readonly PageTemplate Page = new("compare.liquid", "compare.js");

    public static void Write(Stream stream, RunComparison comparison) => stream.Write(Encoding.UTF8.GetBytes(Text(comparison)));

    public static string Text(RunComparison comparison) => Page.Render(Values(comparison), comparison.ToJson());

    private static IEnumerable<(string, object?)> Values(RunComparison comparison)
    {
        yield return ("cautions", comparison.Cautions.ToArray());
        yield return ("runs", comparison.Runs.Select(Row).ToArray());
        yield return ("differences", comparison.Differences.Select(differences => new Dictionary<string, object?> { ["run"] = differences.Run, ["keys"] = differences.Keys.ToArray() }).ToArray());
    }

    private static Dictionary<string, object?> Row(ComparedRun run) => new()
    {
        ["run"] = run.Run,
        ["name"] = run.Name,
        ["search"] = run.Scheduler == "none" ? run.Search : $"{run.Search} with {run.Scheduler}",
        ["metric"] = Figures.Words(run.ChosenBy),
        ["objective"] = Figures.Value(run.ChosenBy, run.Objective),
        ["interval"] = Interval(run.ObjectiveInterval),
        ["test"] = Figures.Percent(run.TestAccuracy),
        ["test_interval"] = Interval(run.TestInterval),
        ["versus"] = run.CannotBeToldFromFirst switch { true => "≈ cannot be told apart", false => "differs", null => Figures.Absent },
        ["trials"] = run.Trials,
        ["failed"] = run.Failed,
        ["epochs"] = $"{run.Epochs:N0}",
        ["to_best"] = run.EpochsToBest?.ToString("N0") ?? Figures.Absent,
        ["saved"] = $"{run.EpochsSaved:N0}",
        ["worker_time"] = Figures.Duration(run.WorkerSeconds),
        ["hyperparameters"] = run.Hyperparameters is { } hyperparameters ? Figures.Compact(hyperparameters) : Figures.Absent,
    };

    private static string Interval(ProportionInterval? interval) =>
        interval is null ? "" : $"{Figures.Percent(interval.Low)} to {Figures.Percent(interval.High)}";
}
