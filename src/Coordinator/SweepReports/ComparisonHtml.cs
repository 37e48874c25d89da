using System.Text;
using System.Text.Encodings.Web;
using Fluid;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.WebPages;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepReports;

/// <summary>Runs side by side as one page, by the template <c>Web/compare.liquid</c>; written as <see cref="ReportHtml"/> is.</summary>
public static class ComparisonHtml
{
    private static readonly IFluidTemplate Template = new FluidParser().Parse(WebFile.Text("compare.liquid"));

    private static readonly string Script = ScriptBundle.Of("compare.js", WebFile.Text);

    public static void Write(Stream stream, RunComparison comparison) => stream.Write(Encoding.UTF8.GetBytes(Text(comparison)));

    public static string Text(RunComparison comparison)
    {
        var context = new TemplateContext();
        context.SetValue("cautions", comparison.Cautions.ToArray());
        context.SetValue("runs", comparison.Runs.Select(Row).ToArray());
        context.SetValue("differences", comparison.Differences.Select(differences => new Dictionary<string, object?> { ["run"] = differences.Run, ["keys"] = differences.Keys.ToArray() }).ToArray());
        context.SetValue("style", WebFile.Text("theme.css") + WebFile.Text("report.css"));
        context.SetValue("echarts", WebFile.Text(WebFile.ECharts));
        context.SetValue("script", Script);
        context.SetValue("data", comparison.ToJson());
        return Template.Render(context, HtmlEncoder.Default);
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
