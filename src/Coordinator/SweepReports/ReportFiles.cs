using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepReports;

/// <summary>The report in the run folder: <c>report.html</c> and <c>report.md</c>.</summary>
public static class ReportFiles
{
    public static readonly string[] Names = ["report.html", "report.md"];

    /// <param name="events">Of the whole history.</param>
    /// <param name="into">Where the files go; null for the run folder.</param>
    public static SweepReport Write(RunFolder folder, SweepState state, IEnumerable<ISweepEvent> events, string? into = null)
    {
        var report = SweepReport.Of(state, events, RunFacts.Read(folder.Log));
        var target = into ?? folder.Path;
        Directory.CreateDirectory(target);
        AtomicFile.Write(Path.Combine(target, Names[0]), stream => ReportHtml.Write(stream, report));
        AtomicFile.Write(Path.Combine(target, Names[1]), stream => ReportMarkdown.Write(stream, report));
        return report;
    }
}
