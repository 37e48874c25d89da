using System.CommandLine;
using Sweep.Coordinator.Api;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Views;

namespace Sweep.Coordinator.Commands;

/// <summary><c>dashboard RUN…</c>: serves the dashboard of runs that nobody is at work on, until told to end.</summary>
internal static class DashboardCommand
{
    public static Command Create()
    {
        var runs = new Argument<string[]>("RUN") { Description = "Run folders", Arity = ArgumentArity.OneOrMore };
        var options = new DashboardOptions();
        var store = StoreOption.Create();
        var command = new Command("dashboard", "Serves the dashboard of runs that have ended. Example: coordinator dashboard runs/a runs/b --dashboard 127.0.0.1:8080") { runs, store };
        foreach (var option in options.All) command.Add(option);
        command.SetAction((parsed, _) => HistoryErrors.GuardAsync(() => ServeAsync(parsed.GetValue(runs)!, store.Read(parsed), views => options.StartAsync(parsed, views))));
        return command;
    }

    private static async Task ServeAsync(string[] runs, StoreAddress? store, Func<SweepViews, Task<ApiServer?>> start)
    {
        using var end = new EndSignal();
        var views = new SweepViews();
        var opened = new List<SweepView>();
        try
        {
            foreach (var run in runs)
            {
                if (await SweepClient.AtWorkAsync(RunFolder.Open(run)) is { } note)
                {
                    Console.WriteLine($"{run}: a coordinator is at work, with its dashboard at {note.Address}");
                    continue;
                }
                var view = StoredRun.Look(run, store);
                opened.Add(view);
                views.Add(view);
            }
            if (opened.Count == 0) return;
            foreach (var view in opened) await view.CaughtUpAsync();
            await using var server = await start(views);
            if (server is null) return;
            Console.WriteLine($"dashboard at {server.Address}");
            Console.WriteLine("Ctrl-C ends it");
            await end.Told;
        }
        finally
        {
            foreach (var view in opened) await view.DisposeAsync();
        }
    }
}
