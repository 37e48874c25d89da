using System.Diagnostics;
using Akka.Actor;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Bench.Reports;

/// <summary>Reports acknowledged a second: lease checked, decided, stored, answered.</summary>
internal static class ReportRate
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public static async Task<double> MeasureAsync(HistoryStore store, SweepState initial, string name, int workers, TimeSpan duration)
    {
        await using var node = await BenchNode.StartAsync(store, initial, new SweepId(name));
        await node.RecoveredAsync();
        var acknowledgements = StartWorkers(node, workers);
        await Task.Delay(WarmUp);
        var before = acknowledgements.Count;
        var clock = Stopwatch.StartNew();
        await Task.Delay(duration);
        return (acknowledgements.Count - before) / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Until so many reports are acknowledged.</summary>
    public static async Task UntilAsync(BenchNode node, int workers, long reports)
    {
        var acknowledgements = StartWorkers(node, workers);
        while (acknowledgements.Count < reports) await Task.Delay(TimeSpan.FromMilliseconds(50));
    }

    private static Acknowledgements StartWorkers(BenchNode node, int workers)
    {
        var acknowledgements = new Acknowledgements();
        for (var number = 1; number <= workers; number++)
        {
            var id = new WorkerId($"worker-{number}#{Guid.NewGuid():N}");
            node.System.ActorOf(Props.Create(() => new FakeWorker(id, node.Sweep, acknowledgements)));
        }
        return acknowledgements;
    }
}
