using Sweep.Shared;

namespace Sweep.Coordinator.SweepReports;

/// <summary>The report in the run folder: <c>report.html</c> and <c>report.md</c>.</summary>
public static class ReportFiles
{
    public static readonly string[] Names = ["report.html", "report.md"];

    /// <param name="into">Where the files go; null for the run folder.</param>
    public static void Write(RunFolder folder, SweepReport report, string? into = null)
    {
        var target = into ?? folder.Path;
        Directory.CreateDirectory(target);
        AtomicFile.Write(Path.Combine(target, Names[0]), stream => ReportHtml.Write(stream, report));
        AtomicFile.Write(Path.Combine(target, Names[1]), stream => ReportMarkdown.Write(stream, report));
    }
}
