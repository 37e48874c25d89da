// Runs small sweeps under faults, and looks whether each ends with the results of one that nothing disturbed.
//
//   chaos --faults 15 --seeds 1..20 --store both --minutes 60

using System.CommandLine;
using System.Diagnostics;
using Sweep.Bench.Chaos;
using Sweep.Tests.Postgres;
using Sweep.Tests.Processes;

const string Sqlite = "sqlite", Postgres = "postgres", Both = "both";

var faults = new Option<int>("--faults") { Description = "Faults a sweep, at most: a sweep may end before", DefaultValueFactory = _ => 15 };
var seeds = new Option<string>("--seeds") { Description = "Of sweeps and faults, as 1..20", DefaultValueFactory = _ => "1..20" };
var store = new Option<string>("--store") { Description = "sqlite, postgres or both", DefaultValueFactory = _ => Sqlite };
var minutes = new Option<double>("--minutes") { Description = "No sweep begins later", DefaultValueFactory = _ => 60 };
store.AcceptOnlyFromAmong(Sqlite, Postgres, Both);
seeds.Validators.Add(result =>
{
    if (SeedsIn(result.GetValueOrDefault<string>()) is null) result.AddError("--seeds: give A..B, for example --seeds 1..20");
});
var root = new RootCommand("Runs small sweeps under faults.") { faults, seeds, store, minutes };
root.SetAction((parsed, _) => RunAsync(
    parsed.GetValue(faults), SeedsIn(parsed.GetValue(seeds))!.ToList(), parsed.GetValue(store)!, TimeSpan.FromMinutes(parsed.GetValue(minutes))));
return await root.Parse(args).InvokeAsync();

static IEnumerable<int>? SeedsIn(string? text) =>
    text?.Split("..") is [var first, var last] && int.TryParse(first, out var from) && int.TryParse(last, out var to) && from >= 0 && to >= from
        ? Enumerable.Range(from, to - from + 1)
        : null;

static async Task<int> RunAsync(int faults, IReadOnlyList<int> seeds, string store, TimeSpan duration)
{
    var clock = Stopwatch.StartNew();
    var canFillDisks = FullDisk.IsPossible();
    if (!canFillDisks) Console.WriteLine("No full disks: that takes root, and a system that lets it mount.\n");
    if (store != Sqlite && !PostgresServer.IsInstalled)
    {
        Console.Error.WriteLine("--store: PostgreSQL is not installed (Debian package postgresql)");
        return 2;
    }
    await using var server = store == Sqlite ? null : new PostgresServer();
    if (server is not null) await server.InitializeAsync();
    PostgresServer?[] stores = store switch { Sqlite => [null], Postgres => [server], _ => [null, server] };
    var results = new List<StormResult>();
    Console.WriteLine(StormResult.Heading);
    foreach (var seed in seeds)
    {
        if (clock.Elapsed > duration) break;
        using var calm = new TemporaryRun(ChaosSweep.Yaml(seed));
        using (var undisturbed = new Storm(calm, null, null)) await undisturbed.RunAsync([]);
        foreach (var database in stores)
        {
            if (clock.Elapsed > duration) break;
            var result = await StormResult.OfAsync(seed, calm, database, canFillDisks, faults);
            results.Add(result);
            Console.WriteLine(result);
        }
    }
    Console.WriteLine($"\n{StormResult.Summary(results)}, in {clock.Elapsed.TotalMinutes:0} minutes.");
    return results.Count > 0 && results.TrueForAll(result => result.IsRight) ? 0 : 1;
}
