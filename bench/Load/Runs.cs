using System.Diagnostics;
using HdrHistogram;
using Sweep.Tests.Processes;

namespace Sweep.Bench.Load;

/// <summary>What the simulated workers are spread over.</summary>
/// <param name="Processes">Processes.</param>
/// <param name="Nodes">Connections of each.</param>
internal sealed record Spread(int Processes, int Nodes);

/// <summary>Measurements with simulated workers, each with a coordinator of its own. They answer whether what must hold held.</summary>
internal static class Runs
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(15);

    /// <summary>Many short trials: what the coordinator adds to each.</summary>
    public static async Task<bool> TrialsAsync(int trials, int workers, TimeSpan trial, Spread spread)
    {
        const double Published = (715 - 625) / 10_000.0 * 1000;
        using var run = new TemporaryRun(LoadSweep.Yaml(trials, epochs: 1));
        using var coordinator = new CoordinatorUnderLoad(run);
        await coordinator.ListensAsync();
        using var processes = new WorkerProcesses(coordinator.Address, workers, spread.Processes, spread.Nodes, trial);
        await coordinator.EpochsAsync(1);
        var (clock, begun) = (Stopwatch.StartNew(), await coordinator.EpochsAsync());
        await coordinator.FollowAsync(Look, processes);
        var took = clock.Elapsed;
        var code = await coordinator.ExitAsync(TimeSpan.FromMinutes(10));
        // The clock began when the first trials had ended.
        var left = trials - begun;
        var ideal = left * trial / workers;
        var overhead = (took - ideal).TotalMilliseconds / left;
        var completed = run.Trials().Count(one => one.GetProperty("outcome").GetString() == "completed");
        Console.WriteLine($"""

            | {left:N0} trials of {trial.TotalSeconds:0.###} s on {workers} workers | ideal, s | took, s | ms a trial over the ideal | share of the ideal |
            |---|---|---|---|---|
            | this coordinator | {ideal.TotalSeconds:0.0} | {took.TotalSeconds:0.0} | {overhead:0.00} | {ideal / took:0.0%} |
            | Ray Tune, published: 10,000 of 1 s on 16 | 625 | 715 | {Published:0.00} | {625.0 / 715:0.0%} |

            Overhead a trial: {Published / overhead:0.0} times less than Ray Tune's. Completed: {completed} of {trials}, exit code {code}.
            """);
        return completed == trials && overhead <= 1;
    }

    /// <summary>Many workers that report at a steady rate: how long acknowledgements take.</summary>
    public static async Task<bool> ReportsAsync(int workers, TimeSpan duration, TimeSpan epoch, Spread spread)
    {
        const int EpochsOfTrial = 50;
        using var run = new TemporaryRun(LoadSweep.Yaml(trials: 10_000_000, EpochsOfTrial));
        using var coordinator = new CoordinatorUnderLoad(run);
        await coordinator.ListensAsync();
        using var processes = new WorkerProcesses(coordinator.Address, workers, spread.Processes, spread.Nodes, epoch);
        await coordinator.WorkersAsync(workers);
        await coordinator.EpochsAsync(3 * workers);
        await processes.LatenciesAsync();
        var (clock, cpu, epochs) = (Stopwatch.StartNew(), coordinator.Cpu, await coordinator.EpochsAsync());
        var latencies = new LongHistogram(1, 600_000_000, 3);
        while (clock.Elapsed < duration)
        {
            await Task.Delay(Look);
            var some = await processes.LatenciesAsync();
            latencies.Add(some);
            Console.WriteLine($"  {clock.Elapsed.TotalSeconds:0} s: {some.TotalCount} reports, p50 {Machine.Milliseconds(some, 50)} ms, p99 {Machine.Milliseconds(some, 99)} ms, most {Machine.Milliseconds(some, 100)} ms; coordinator {coordinator.ResidentMegabytes:0} MB");
        }
        var (seconds, busy, reports) = (clock.Elapsed.TotalSeconds, coordinator.Cpu - cpu, await coordinator.EpochsAsync() - epochs);
        var ended = await EndAsync(coordinator);
        Console.WriteLine($"""

            | {workers} workers, {1 / epoch.TotalSeconds:0.##} report/s each, {seconds:0} s | reports/s | of those due | p50, ms | p99, ms | most, ms | coordinator's CPU, of a core | µs a report | memory at most, MB |
            |---|---|---|---|---|---|---|---|---|
            | this coordinator, history in SQLite | {reports / seconds:0.0} | {reports / seconds / (workers / epoch.TotalSeconds):0.0%} | {Machine.Milliseconds(latencies, 50)} | {Machine.Milliseconds(latencies, 99)} | {Machine.Milliseconds(latencies, 100)} | {busy.TotalSeconds / seconds:0.0%} | {busy.TotalMicroseconds / reports:0} | {coordinator.LastPeakMegabytes:0} |
            | Ray Tune, published: 200 nodes at 1 report/s, 300 s of work | {200 * 300 / 2281.0:0.0} | {300 / 2281.0:0.0%} | | | | | | |

            {ended}
            """);
        return latencies.GetValueAtPercentile(99) < 250_000 && reports / seconds >= 0.95 * workers / epoch.TotalSeconds && ended.Contains("nothing is wrong", StringComparison.Ordinal);
    }

    /// <summary>A long history: whether a report costs more at its end than at its beginning, and what it takes to keep.</summary>
    public static async Task<bool> HistoryAsync(int trials, int workers, TimeSpan epoch, int epochs, Spread spread)
    {
        const int Beginning = 1_000;
        using var run = new TemporaryRun(LoadSweep.Yaml(trials, epochs));
        using var coordinator = new CoordinatorUnderLoad(run);
        await coordinator.ListensAsync();
        using var processes = new WorkerProcesses(coordinator.Address, workers, spread.Processes, spread.Nodes, epoch);
        await coordinator.EpochsAsync(Beginning * epochs / 2);
        var first = await StretchAsync(coordinator, processes, Beginning * epochs);
        var last = first;
        // The last stretch ends before the trials do.
        var stretch = Math.Max(Beginning, trials / 20) * epochs;
        while (last.End + stretch < (trials - Beginning / 2) * (double)epochs)
        {
            last = await StretchAsync(coordinator, processes, stretch);
            Console.WriteLine($"  {last}, {coordinator.ResidentMegabytes:0} MB");
        }
        var heap = await coordinator.MetricAsync("dotnet_gc_last_collection_heap_size_bytes") ?? double.NaN;
        await coordinator.FollowAsync(Look, processes);
        var peak = coordinator.LastPeakMegabytes;
        var code = await coordinator.ExitAsync(TimeSpan.FromMinutes(30));
        var completed = run.CompletedTrials();
        Console.WriteLine($"""

            | {trials:N0} trials of {epochs} epochs, {workers} workers | reports/s | coordinator's CPU, µs a report | p50, ms | p99, ms | most, ms |
            |---|---|---|---|---|---|
            | after {Beginning:N0} trials | {first.Row} |
            | at the end | {last.Row} |

            A report costs {last.Cost / first.Cost:0.00} times as much at the end. Memory at most: {peak:0} MB resident, {heap / 1e6:0} MB managed. Completed: {completed} of {trials}, exit code {code}.
            """);
        return completed == trials && peak < 600 && last.Cost / first.Cost <= 1.3;
    }

    /// <summary>A part of the workers is told to end, all at once: where their trials go, and when.</summary>
    public static async Task<bool> DrainAsync(int workers, int leaving, TimeSpan epoch, Spread spread)
    {
        const int EpochsOfTrial = 40;
        var trials = workers + 2 * leaving;
        using var run = new TemporaryRun(LoadSweep.Yaml(trials, EpochsOfTrial));
        using var coordinator = new CoordinatorUnderLoad(run);
        await coordinator.ListensAsync();
        using var processes = new WorkerProcesses(coordinator.Address, workers, spread.Processes, spread.Nodes, epoch);
        await coordinator.WorkersAsync(workers);
        await coordinator.EpochsAsync(5 * workers);
        // Those that go on with what is handed back are there already, and idle.
        using var others = new WorkerProcesses(coordinator.Address, leaving, 1, spread.Nodes, epoch);
        var told = DateTimeOffset.UtcNow;
        await processes.DrainAsync(leaving);
        Console.WriteLine($"{leaving} workers have handed their trials back after {(DateTimeOffset.UtcNow - told).TotalSeconds:0.0} s");
        await coordinator.FollowAsync(Look, processes);
        var code = await coordinator.ExitAsync(TimeSpan.FromMinutes(10));
        var second = RunLogLines.Starts(run.Folder).Where(start => start.Number > 1).ToList();
        var (isRight, verified) = await coordinator.VerifyAsync();
        var completed = run.CompletedTrials();
        var slowest = second.Select(start => (start.At - told).TotalSeconds).DefaultIfEmpty().Max();
        Console.WriteLine($"""
            {second.Count} trials went on elsewhere, the last after {slowest:0.0} s, from {second.Select(start => start.RecordedEpochs).DefaultIfEmpty().Min()} epochs on at least; completed: {completed} of {trials}, exit code {code}
            {verified.Split('\n')[^1]}
            """);
        return isRight && completed == trials && second.Count == leaving && second.TrueForAll(start => start is { Number: 2, RecordedEpochs: > 0 }) && slowest < 30;
    }

    private static async Task<Stretch> StretchAsync(CoordinatorUnderLoad coordinator, WorkerProcesses processes, int reports)
    {
        await processes.LatenciesAsync();
        var (clock, cpu, before) = (Stopwatch.StartNew(), coordinator.Cpu, await coordinator.EpochsAsync());
        await coordinator.EpochsAsync(before + reports);
        var count = await coordinator.EpochsAsync() - before;
        return new Stretch(before, before + count, count / clock.Elapsed.TotalSeconds, (coordinator.Cpu - cpu).TotalMicroseconds / count, await processes.LatenciesAsync());
    }

    private static async Task<string> EndAsync(CoordinatorUnderLoad coordinator)
    {
        coordinator.Interrupt();
        await coordinator.ExitAsync(TimeSpan.FromMinutes(10));
        return (await coordinator.VerifyAsync()).Output.Split('\n')[^1];
    }

    /// <summary>A part of a run.</summary>
    /// <param name="After">Reports before it.</param>
    /// <param name="End">Reports after it.</param>
    /// <param name="Cost">The coordinator's CPU, in microseconds a report.</param>
    private sealed record Stretch(double After, double End, double Rate, double Cost, HistogramBase Latencies)
    {
        public string Row => $"{Rate:0} | {Cost:0} | {Machine.Milliseconds(Latencies, 50)} | {Machine.Milliseconds(Latencies, 99)} | {Machine.Milliseconds(Latencies, 100)}";

        public override string ToString() =>
            $"after {After:0} reports: {Rate:0} reports/s, {Cost:0} µs of CPU a report, p50 {Machine.Milliseconds(Latencies, 50)} ms, p99 {Machine.Milliseconds(Latencies, 99)} ms, most {Machine.Milliseconds(Latencies, 100)} ms";
    }
}
