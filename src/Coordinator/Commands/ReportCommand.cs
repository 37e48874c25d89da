using System.CommandLine;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SweepReports;

namespace Sweep.Coordinator.Commands;

/// <summary><c>report RUN</c>: writes <c>report.html</c> and <c>report.md</c>, of a run that goes on as of one that has ended.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "The run folder" };
        var into = new Option<string?>("--output") { Description = "Where the files go (default: the run folder)", HelpName = "DIR" };
        var markdown = new Option<bool>("--markdown") { Description = "Print report.md instead, and write nothing" };
        var store = StoreOption.Create();
        var command = new Command("report", "Writes report.html and report.md of a run, whether it has ended or not. Example: coordinator report runs/quickstart-20261130T050000Z") { run, into, markdown, store };
        command.SetAction(parsed => HistoryErrors.Guard(() =>
        {
            var stored = StoredRun.Read(parsed.GetValue(run)!, store.Read(parsed));
            var report = SweepReport.Of(stored.State, stored.Events, RunFacts.Read(stored.Folder.Log));
            if (parsed.GetValue(markdown))
            {
                Console.Write(ReportMarkdown.Text(report));
                return ExitCodes.Done;
            }
            var target = parsed.GetValue(into) ?? stored.Folder.Path;
            ReportFiles.Write(stored.Folder, report, target);
            Console.WriteLine(LeaderboardSentences.Winner(report.Board));
            foreach (var name in ReportFiles.Names) Console.WriteLine(Path.Combine(target, name));
            return ExitCodes.Done;
        }));
        return command;
    }
}
