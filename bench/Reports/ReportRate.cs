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
        await using var node = await BenchNode.StartAsync(store, new SweepMemory(initial, 0), new SweepId(name));
        await node.RecoveredAsync();
        var acknowledgements = StartWorkers(node, workers);
        await Task.Delay(WarmUp);
        var before = acknowledgements.Count;
        var clock = Stopwatch.StartNew();
        await Task.Delay(duration);
        return (acknowledgements.Count - before) / clock.Elapsed.TotalSeconds;
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
