// How good a configuration samplers find in how many trials, and what a suggestion costs; this project's side and Optuna's.
//
//   bench-search --seeds 20 --after 50,200 --functions branin2,mixed --samplers gp,tpe --speed

using System.CommandLine;
using System.Runtime.InteropServices;
using Sweep.Bench.Search;
using Sweep.Coordinator.SweepFiles;

string[] own = ["grid", "random", "sobol", "tpe", "gp", "cma_es", "evolution", "auto"];
var seeds = new Option<int>("--seeds") { Description = "Runs of each sampler on each function", DefaultValueFactory = _ => 20 };
var after = new Option<string>("--after") { Description = "Numbers of trials after which the regret is taken; each run goes on to the last", DefaultValueFactory = _ => "50,200" };
var functions = new Option<string>("--functions") { Description = "Which; all by default", DefaultValueFactory = _ => string.Join(',', TestObjective.All.Select(f => f.Name)) };
var samplers = new Option<string?>("--samplers") { Description = "Of this project; by default all, but for grid where regret is measured: the functions have none" };
var peer = new Option<bool>("--peer") { Description = "Optuna's side too, where /usr/bin/python3 has it" };
var speed = new Option<bool>("--speed") { Description = "Milliseconds a suggestion instead of regret" };
var root = new RootCommand("Measures samplers.") { seeds, after, functions, samplers, peer, speed };
root.SetAction(parsed =>
{
    Console.WriteLine($"{Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, "
        + $"Optuna {(parsed.GetValue(peer) ? Optuna.Version ?? "not installed" : "not asked for")}\n");
    var names = parsed.GetValue(samplers)?.Split(',') ?? (parsed.GetValue(speed) ? own : own[1..]);
    var objectives = parsed.GetValue(functions)!.Split(',').Select(name => TestObjective.All.Single(objective => objective.Name == name)).ToList();
    if (parsed.GetValue(speed)) SpeedTable.Print(names, objectives, parsed.GetValue(peer));
    else RegretTable.Print(names, objectives, parsed.GetValue(seeds), [.. parsed.GetValue(after)!.Split(',').Select(int.Parse)], parsed.GetValue(peer));
});
return root.Parse(args).Invoke();

static string Processor() => File.Exists("/proc/cpuinfo")
    ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor"
    : "unknown processor";
