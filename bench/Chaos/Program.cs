// Runs small sweeps under faults, and looks whether each ends with the results of one that nothing disturbed.
//
//   chaos --faults 15 --seeds 1..20 --setting all --minutes 90

using System.CommandLine;
using System.Diagnostics;
using Sweep.Bench.Chaos;
using Sweep.Tests.Postgres;
using Sweep.Tests.Processes;

const string Sqlite = "sqlite", Postgres = "postgres", Network = "network", All = "all";

var faults = new Option<int>("--faults") { Description = "Faults a sweep, at most: a sweep may end before", DefaultValueFactory = _ => 15 };
var seeds = new Option<string>("--seeds") { Description = "Of sweeps and faults, as 1..20", DefaultValueFactory = _ => "1..20" };
var setting = new Option<string>("--setting")
{
    Description = "Where the history is, on one host: sqlite or postgres; network for two hosts; all for each in turn",
    DefaultValueFactory = _ => Sqlite,
};
var minutes = new Option<double>("--minutes") { Description = "No sweep begins later", DefaultValueFactory = _ => 60 };
setting.AcceptOnlyFromAmong(Sqlite, Postgres, Network, All);
seeds.Validators.Add(result =>
{
    if (SeedsIn(result.GetValueOrDefault<string>()) is null) result.AddError("--seeds: give A..B, for example --seeds 1..20");
});
var root = new RootCommand("Runs small sweeps under faults.") { faults, seeds, setting, minutes };
root.SetAction((parsed, _) => RunAsync(
    parsed.GetValue(faults), SeedsIn(parsed.GetValue(seeds))!.ToList(), parsed.GetValue(setting)!, TimeSpan.FromMinutes(parsed.GetValue(minutes))));
return await root.Parse(args).InvokeAsync();

static IEnumerable<int>? SeedsIn(string? text) =>
    text?.Split("..") is [var first, var last] && int.TryParse(first, out var from) && int.TryParse(last, out var to) && from >= 0 && to >= from
        ? Enumerable.Range(from, to - from + 1)
        : null;

static async Task<int> RunAsync(int faults, IReadOnlyList<int> seeds, string setting, TimeSpan duration)
{
    var clock = Stopwatch.StartNew();
    var canFillDisks = FullDisk.IsPossible();
    if (!canFillDisks) Console.WriteLine("No full disks: that takes root, and a system that lets it mount.\n");
    string[] settings = setting == All ? [Sqlite, Postgres, Network] : [setting];
    if (settings.Contains(Postgres) && !PostgresServer.IsInstalled)
    {
        Console.Error.WriteLine("--setting: PostgreSQL is not installed (Debian package postgresql)");
        return 2;
    }
    if (settings.Contains(Network) && !TwoHosts.ArePossible())
    {
        Console.Error.WriteLine("--setting: two hosts take root and Linux's network namespaces (ip netns)");
        return 2;
    }
    if (settings.Contains(Network) && !LooseClock.IsPossible) Console.WriteLine("No clocks that jump: that takes libfaketime (Debian package faketime).\n");
    await using var server = settings.Contains(Postgres) ? new PostgresServer() : null;
    if (server is not null) await server.InitializeAsync();
    var results = new List<StormResult>();
    Console.WriteLine(StormResult.Heading);
    foreach (var seed in seeds)
    {
        if (clock.Elapsed > duration) break;
        using var calm = new TemporaryRun(ChaosSweep.Yaml(seed));
        using (var undisturbed = new Storm(calm, null, null, null, null)) await undisturbed.RunAsync([]);
        foreach (var name in settings)
        {
            if (clock.Elapsed > duration) break;
            var result = await StormResult.OfAsync(seed, calm, name == Postgres ? server : null, name == Network, canFillDisks, faults);
            results.Add(result);
            Console.WriteLine(result);
        }
    }
    Console.WriteLine($"\n{StormResult.Summary(results)}, in {clock.Elapsed.TotalMinutes:0} minutes.");
    return results.Count > 0 && results.TrueForAll(result => result.IsRight) ? 0 : 1;
}
