// How many epoch reports a second the coordinator takes in for good, and how long it takes to know a long history again.
//
//   bench-reports --seconds 10 --workers 64 --events 1000000

using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Akka.Actor;
using Microsoft.Data.Sqlite;
using Sweep.Bench.Reports;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Tests.Postgres;

var seconds = new Option<int>("--seconds") { Description = "For each rate", DefaultValueFactory = _ => 10 };
var workers = new Option<int>("--workers") { Description = "That report at the same time", DefaultValueFactory = _ => 64 };
var events = new Option<int>("--events") { Description = "To be replayed; 0 for no replay", DefaultValueFactory = _ => 1_000_000 };
var root = new RootCommand("Measures the coordinator's core: reports stored a second, and replay.") { seconds, workers, events };
root.SetAction((parsed, _) => RunAsync(TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(workers), parsed.GetValue(events)));
return await root.Parse(args).InvokeAsync();

static async Task<int> RunAsync(TimeSpan duration, int workers, int events)
{
    var folder = Directory.CreateTempSubdirectory("sweep-bench-").FullName;
    await using var server = PostgresServer.IsInstalled ? new PostgresServer { IsDurable = true } : null;
    if (server is not null) await server.InitializeAsync();
    Console.WriteLine($"{Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, "
        + $"Akka {typeof(ActorSystem).Assembly.GetName().Version}, SQLite {SqliteVersion()}, PostgreSQL {(server is null ? "not installed" : "as installed")}\n");
    try
    {
        Console.WriteLine($"| store | trials in the state | reports/s, {workers} workers | µs a report |\n|---|---|---|---|");
        if (duration > TimeSpan.Zero)
            foreach (var kind in server is null ? (string[])["SQLite"] : ["SQLite", "PostgreSQL"])
            {
                var small = await RateAsync(kind, 1_000);
                var large = await RateAsync(kind, 100_000);
                Console.WriteLine($"\n{kind}: a report costs {small / large:0.00} times as much at 100,000 trials\n");
            }
        if (events > 0) await ReplayAsync(new SqliteStore(Path.Combine(folder, "replay.db")), events);
    }
    finally
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
    return 0;

    async Task<double> RateAsync(string kind, int trials)
    {
        HistoryStore store = kind == "SQLite"
            ? new SqliteStore(Path.Combine(folder, $"{trials}.db"))
            : new PostgresStore(StoreAddress.Parse(server!.AddressWithPassword, mayHoldPassword: true));
        var rate = await ReportRate.MeasureAsync(store, BenchSweep.Grown(trials, epochs: 3), $"{kind}-{trials}", workers, duration);
        Console.WriteLine($"| {kind} | {trials:N0} | {rate:N0} | {1e6 / rate:0} |");
        return rate;
    }
}

static async Task ReplayAsync(HistoryStore store, int events)
{
    const int EventsOfTrial = BenchSweep.Epochs + 3;
    var sweep = BenchSweep.Id;
    var node = await BenchNode.StartAsync(store, new SweepMemory(new SweepState(BenchSweep.Definition), 0), sweep);
    await node.RecoveredAsync();
    await node.StopSweepAsync();
    JournalFiller.Fill(store, node.System, SweepActor.PersistenceIdOf(sweep), BenchSweep.History(events / EventsOfTrial, BenchSweep.Epochs));
    await node.DisposeAsync();

    var snapshot = Path.Combine(Path.GetDirectoryName(store.Name)!, "history.snapshot");
    Console.WriteLine($"\n| a history in SQLite, {events:N0} events | without a snapshot, s | with a snapshot, s |\n|---|---|---|");
    var without = await RecallAsync(null);
    var clock = Stopwatch.StartNew();
    SnapshotFile.Write(snapshot, without.Memory.State, without.Memory.Count);
    var written = clock.Elapsed;
    var with = await RecallAsync(snapshot);
    Console.WriteLine($"| read and replayed | {without.Read.TotalSeconds:0.0} | {with.Read.TotalSeconds:0.0} |");
    Console.WriteLine($"| the sweep's actor is ready | {without.Ready.TotalSeconds:0.0} | {with.Ready.TotalSeconds:0.0} |");
    Console.WriteLine($"| the snapshot is written, {new FileInfo(snapshot).Length / 1e6:0} MB | | {written.TotalSeconds:0.0} |");

    async Task<(SweepMemory Memory, TimeSpan Read, TimeSpan Ready)> RecallAsync(string? snapshotFile)
    {
        GC.Collect();
        var clock = Stopwatch.StartNew();
        var memory = StoredHistory.Find(store, sweep)!.Recall(BenchSweep.Definition, snapshotFile);
        var read = clock.Elapsed;
        await using var again = await BenchNode.StartAsync(store, memory, sweep);
        clock.Restart();
        await again.RecoveredAsync();
        return (memory, read, clock.Elapsed);
    }
}

static string Processor() => File.Exists("/proc/cpuinfo")
    ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor"
    : "unknown processor";

static string SqliteVersion()
{
    using var connection = new SqliteConnection("Data Source=:memory:");
    connection.Open();
    return connection.ServerVersion;
}
