using System.CommandLine;
using Sweep.Coordinator.Exports;
using Sweep.Coordinator.Histories;

namespace Sweep.Coordinator.Commands;

/// <summary><c>export RUN --format FORMAT</c>: a run in the formats of other programs.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "The run folder" };
        var format = new Option<ExportFormat>("--format") { Description = "csv, json and parquet are tables of trials and epochs; tensorboard is event files; mlflow is a file store", Required = true, HelpName = "csv|json|parquet|tensorboard|mlflow" };
        var into = new Option<string?>("--output") { Description = "The folder (default: export, tensorboard or mlruns in the run folder)", HelpName = "DIR" };
        var store = StoreOption.Create();
        var command = new Command("export", "Writes a run's trials and epochs for other programs. Example: coordinator export runs/a --format parquet") { run, format, into, store };
        command.SetAction(parsed => HistoryErrors.Guard(() =>
        {
            var stored = StoredRun.Read(parsed.GetValue(run)!, store.Read(parsed));
            var chosen = parsed.GetValue(format);
            foreach (var path in RunExport.Write(stored, chosen, parsed.GetValue(into) ?? RunExport.DefaultFolder(stored.Folder, chosen))) Console.WriteLine(path);
            return ExitCodes.Done;
        }));
        return command;
    }
}
