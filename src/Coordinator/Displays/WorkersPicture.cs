using Spectre.Console;
using Sweep.Coordinator.Api;
using Sweep.Coordinator.Reports;
using Column = Sweep.Coordinator.Reports.ConsoleColumn<Sweep.Coordinator.Api.WorkerDocument>;

namespace Sweep.Coordinator.Displays;

/// <summary>What each worker does; of many, the first few and the count of the rest.</summary>
internal static class WorkersPicture
{
    private const int MostBarWidth = 20;

    /// <summary>Those to show: all that are there, or where workers are shared, those that train for this sweep. Those that train come first, and <c>host/2</c> comes before <c>host/10</c>.</summary>
    public static List<WorkerDocument> Of(SweepGlance glance, bool isAlone) =>
    [
        .. glance.Workers.Workers.Where(worker => isAlone || worker.Trial is not null)
            .OrderByDescending(worker => worker.Trial is not null)
            .ThenBy(worker => worker.Worker.TrimEnd(Digits), StringComparer.Ordinal).ThenBy(worker => worker.Worker.Length).ThenBy(worker => worker.Worker, StringComparer.Ordinal),
    ];

    /// <summary>A header and <paramref name="most"/> lines, or fewer.</summary>
    public static IEnumerable<PictureLine> Lines(SweepGlance glance, List<WorkerDocument> workers, int most, int width, bool isUnicode)
    {
        var shown = workers.Count > most ? workers.Take(most - 1).ToList() : workers;
        var objective = glance.Sweep.Objective.ToObjective();
        var barWidth = Math.Clamp(width / 4, 4, MostBarWidth);
        var name = new Column("worker", worker => worker.Worker) { IsNumeric = false };
        var trial = new Column("trial", worker => worker.Trial?.ToString() ?? "idle");
        var bar = new Column("", worker => worker.Trial is null ? "" : Bar.Of(ShareOf(worker), barWidth, isUnicode)) { IsNumeric = false };
        var epoch = new Column("epoch", worker => worker.Trial is null ? Figures.Absent : $"{Math.Min(worker.Epoch!.Value, worker.Epochs!.Value)}/{worker.Epochs}");
        var value = new Column(ConsoleLeaderboard.ObjectiveHeader(objective), worker => Figures.Value(objective, worker.Objective));
        var speed = new Column("img/s", worker => Figures.Count(worker.ImagesPerSecond));
        var chosen = ConsoleTable.Fitting([trial, epoch, value, name, bar, speed], [name, trial, bar, epoch, value, speed], shown, width);
        var lines = PictureTable.Lines(chosen, shown, (worker, column) => column == bar ? new Style(Color.Blue) : Style.Plain);
        return shown.Count == workers.Count ? lines : (shown.Count == 0 ? [] : lines).Append(Rest(workers, shown.Count));
    }

    private static PictureLine Rest(List<WorkerDocument> workers, int shown)
    {
        var (rest, training) = (workers.Count - shown, workers.Skip(shown).Count(worker => worker.Trial is not null));
        var idle = training == rest ? "" : $", {rest - training} of them idle";
        return PictureLine.Of(shown == 0 ? $"{rest} workers{idle}" : $"and {rest} more{idle}", new Style(decoration: Decoration.Dim));
    }

    private static double ShareOf(WorkerDocument worker) => (worker.Epoch!.Value - 1 + (worker.EpochProgress ?? 0)) / worker.Epochs!.Value;

    private static readonly char[] Digits = [.. "0123456789"];
}
