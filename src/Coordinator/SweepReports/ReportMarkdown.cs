using System.Text;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.SweepReports;

/// <summary><c>report.md</c>: the report for a pull request, as GitHub renders it. Text of the sweep's own is escaped.</summary>
public static class ReportMarkdown
{
    private const int MostRows = 10;

    public static void Write(Stream stream, SweepReport report) => stream.Write(Encoding.UTF8.GetBytes(Text(report)));

    public static string Text(SweepReport report)
    {
        var board = report.Board;
        var text = new StringBuilder($"## Sweep {board.Sweep.Name}\n\n");
        if (report.State.Definition.Description is { } question) text.Append($"> {Escaped(question)}\n\n");
        if (board.Notice is { } notice) text.Append($"> [!WARNING]\n> {notice}\n\n");
        text.Append($"**{Escaped(LeaderboardSentences.Winner(board))}**\n\n");
        foreach (var claim in ReportSentences.Claims(report).Append(ReportSentences.WhoChose(report)).Distinct()) text.Append($"- {Escaped(claim)}\n");
        text.Append($"- {LeaderboardSentences.Counts(board)}{(board.Ended ? "" : "; the sweep is running")}; verdicts: {ReportSentences.Verdicts(report)}.\n");
        if (LeaderboardSentences.Scheduler(board) is { } scheduler) text.Append($"- {scheduler}.\n");
        AppendRows(text, report);
        AppendFailures(text, report);
        AppendPairs(text, "Compute", ReportSentences.Compute(report));
        text.Append("\n<details><summary>Reproduce</summary>\n\n");
        AppendPairs(text, null, ReportSentences.Origin(report));
        text.Append($"\n```sh\n{ReportSentences.Command(report)}\n```\n");
        if (report.SweepFile is { } file) text.Append($"\n`sweep.yaml`:\n\n{Fenced(file, "yaml")}\n");
        return text.Append("\n</details>\n").ToString();
    }

    private static void AppendRows(StringBuilder text, SweepReport report)
    {
        var (board, rivals) = (report.Board, report.Certainty.Rivals.ToHashSet());
        if (board.Rows.IsEmpty) return;
        var repeats = !board.Configurations.IsEmpty;
        text.Append($"\n| rank | trial | {Figures.Words(board.Sweep.Objective)} | test, chosen epoch | gap, points | verdict | epochs | hyperparameters |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var row in board.Rows.Take(MostRows))
        {
            var mark = rivals.Contains(repeats ? row.Configuration ?? 0 : row.Trial.Number) ? " ≈" : "";
            text.Append($"| {row.Rank?.ToString() ?? Figures.Absent}{mark} | {row.Trial} | {Figures.Value(board.Sweep.Objective, row.Objective)} | {Figures.Percent(row.TestAccuracy)} ")
                .Append($"| {Figures.Points(row.Gap)} | {Figures.Words(row.Verdict)} | {row.EpochsTrained}/{row.EpochsAllowed} | {Cell(Figures.Compact(row.Hyperparameters))} |\n");
        }
        if (board.Rows.Length > MostRows) text.Append($"\n{board.Rows.Length - MostRows} more in `leaderboard.csv`.");
        text.Append(rivals.Count > 0 ? "\n≈ cannot be told from the first.\n" : "\n");
    }

    private static void AppendFailures(StringBuilder text, SweepReport report)
    {
        if (report.Failures.IsEmpty) return;
        text.Append("\n### What failed\n\n| why | attempts | trials | for example |\n|---|---|---|---|\n");
        foreach (var group in report.Failures)
            text.Append($"| {FailurePolicy.Name(group.Failure)} | {group.Attempts} | {group.Trials.Length} | {Cell(group.Example ?? "")} |\n");
    }

    private static void AppendPairs(StringBuilder text, string? title, IEnumerable<(string Label, string Value)> pairs)
    {
        if (title is not null) text.Append($"\n### {title}\n\n");
        text.Append("| | |\n|---|---|\n");
        foreach (var (label, value) in pairs) text.Append($"| {label} | {Cell(value)} |\n");
    }

    private static string Cell(string value) => Escaped(value).Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>One line, without markup of its own.</summary>
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder();
        foreach (var character in text.ReplaceLineEndings(" "))
            escaped.Append(character switch { '<' => "&lt;", '>' => "&gt;", '&' => "&amp;", '*' or '_' or '`' or '[' or '\\' => $"\\{character}", _ => character.ToString() });
        return escaped.ToString();
    }

    /// <summary>A fence is longer than any within.</summary>
    private static string Fenced(string text, string language)
    {
        var fence = "```";
        while (text.Contains(fence, StringComparison.Ordinal)) fence += "`";
        return $"{fence}{language}\n{text.TrimEnd()}\n{fence}";
    }
}
