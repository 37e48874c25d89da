using System.CommandLine;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.SweepReports;
using Sweep.Shared;

namespace Sweep.Coordinator.Commands;

/// <summary><c>compare RUN RUN…</c>: runs side by side.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var runs = new Argument<string[]>("RUN") { Description = "Run folders; the others are compared with the first", Arity = new ArgumentArity(2, 100) };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var html = new Option<string?>("--html") { Description = "Write a page, too", HelpName = "FILE" };
        var store = StoreOption.Create();
        var command = new Command("compare", "Shows runs side by side: winners, what they cost, how fast they came, and how their sweep files differ. Example: coordinator compare runs/a runs/b --html compare.html")
        {
            runs, json, html, store,
        };
        command.SetAction(parsed => HistoryErrors.Guard(() =>
        {
            var comparison = RunComparison.Of([.. parsed.GetValue(runs)!.Select(run => StoredRun.Read(run, store.Read(parsed)))]);
            if (parsed.GetValue(html) is { } file) AtomicFile.Write(file, stream => ComparisonHtml.Write(stream, comparison));
            if (parsed.GetValue(json)) Console.Write(comparison.ToJson());
            else ConsoleComparison.Write(CommandConsole.Open(), comparison);
            return ExitCodes.Done;
        }));
        return command;
    }
}
