using Spectre.Console;
using Sweep.Coordinator.Api;
using Sweep.Coordinator.Reports;
using Column = Sweep.Coordinator.Reports.ConsoleColumn<Sweep.Coordinator.Api.WorkerDocument>;

namespace Sweep.Coordinator.Commands;

/// <summary>Workers for a terminal.</summary>
internal static class WorkersText
{
    private const int MostGone = 10;

    private static readonly Column
        Name = new("worker", worker => worker.Worker) { IsNumeric = false },
        Trial = new("trial", worker => worker.Trial?.ToString() ?? "idle"),
        Epoch = new("epoch", worker => worker.Trial is null ? Figures.Absent : $"{worker.Epoch}/{worker.Epochs}"),
        Speed = new("img/s", worker => Figures.Count(worker.ImagesPerSecond)),
        Device = new("device", worker => worker.Device?.Name ?? Figures.Absent) { IsNumeric = false };

    public static void Write(IAnsiConsole console, WorkersDocument document)
    {
        if (document.Workers.Count + document.Gone.Count == 0) console.WriteLine("there is no worker");
        if (document.Workers.Count > 0)
        {
            var columns = ConsoleTable.Fitting([Name, Trial, Epoch, Device, Speed], [Name, Trial, Epoch, Speed, Device], document.Workers, console.Profile.Width);
            console.Write(ConsoleTable.Of(columns, document.Workers, _ => Style.Plain));
        }
        foreach (var worker in document.Gone.Take(MostGone)) console.Write(new Text($"{worker.Worker}: gone; it {worker.Reason}\n"));
    }
}
