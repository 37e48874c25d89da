using System.Text;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.WebPages;

namespace Sweep.Coordinator.SweepReports;

/// <summary><c>report.html</c>, by the template <c>Web/report.liquid</c>.</summary>
public static class ReportHtml
{
    private static readonly PageTemplate Page = new("report.liquid", "report.js");

    public static void Write(Stream stream, SweepReport report) => stream.Write(Encoding.UTF8.GetBytes(Text(report)));

    public static string Text(SweepReport report) => Page.Render(Values(report), ReportData.Of(report).ToJson());

    private static IEnumerable<(string, object?)> Values(SweepReport report)
    {
        var (state, board) = (report.State, report.Board);
        yield return ("name", board.Sweep.Name);
        yield return ("question", state.Definition.Description);
        yield return ("counts", LeaderboardSentences.Counts(board));
        yield return ("ended", board.Ended);
        yield return ("date", $"{state.Newest:yyyy-MM-dd HH:mm} UTC");
        yield return ("notice", board.Notice);
        yield return ("winner", LeaderboardSentences.Winner(board));
        yield return ("claims", ReportSentences.Claims(report).ToArray());
        yield return ("who_chose", ReportSentences.WhoChose(report));
        yield return ("verdicts", ReportSentences.Verdicts(report));
        yield return ("overfitting", report.Overfitting.Take(MostEvidence).Select(row => $"Trial {row.Trial}, from epoch {row.OnsetEpoch}: {row.Evidence}.").ToArray());
        yield return ("more_overfitting", Math.Max(0, report.Overfitting.Count() - MostEvidence));
        yield return ("scheduler", LeaderboardSentences.Scheduler(board));
        yield return ("failures", report.Failures.Select(Row).ToArray());
        yield return ("compute", Pairs(ReportSentences.Compute(report)));
        yield return ("origin", Pairs(ReportSentences.Origin(report)));
        yield return ("configurations", board.Configurations.Select(row => Row(board, row)).ToArray());
        yield return ("command", ReportSentences.Command(report));
        yield return ("sweep_file", report.SweepFile);
    }

    private const int MostEvidence = 8;

    private static Dictionary<string, object?> Row(FailureGroup group) => new()
    {
        ["failure"] = Trials.FailurePolicy.Name(group.Failure),
        ["attempts"] = group.Attempts,
        ["trials"] = string.Join(", ", group.Trials.Take(MostTrials)) + (group.Trials.Length > MostTrials ? $" and {group.Trials.Length - MostTrials} more" : ""),
        ["example"] = group.Example,
    };

    private const int MostTrials = 20;

    private static Dictionary<string, object?> Row(Leaderboard board, ConfigurationRow row) => new()
    {
        ["rank"] = row.Rank?.ToString() ?? Figures.Absent,
        ["configuration"] = row.Configuration,
        ["seeds"] = ConfigurationSentences.Results(row),
        ["objective"] = ConfigurationSentences.MeanAndDeviation(board.Sweep.Objective, row.Objective),
        ["test"] = ConfigurationSentences.MeanAndDeviation(row.TestAccuracy),
        ["versus"] = ConfigurationSentences.VersusFirst(row),
        ["hyperparameters"] = Figures.Compact(row.Hyperparameters),
    };

    private static Dictionary<string, object?>[] Pairs(IEnumerable<(string Label, string Value)> pairs) =>
        [.. pairs.Select(pair => new Dictionary<string, object?> { ["label"] = pair.Label, ["value"] = pair.Value })];
}
