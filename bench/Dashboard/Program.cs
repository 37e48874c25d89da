// How fast the dashboard of a sweep with very many trials is, in a real browser; and the pictures of docs/dashboard.md.
//
//   bench-dashboard --trials 50000
//   bench-dashboard --pictures docs/pictures
//   bench-dashboard --every-page /tmp/pages --run runs/quickstart-20261130T050000Z

using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Sweep.Bench.Dashboard;

var trials = new Option<int>("--trials") { Description = "Of the sweep, which is simulated", DefaultValueFactory = _ => 50_000 };
var run = new Option<string?>("--run") { Description = "Keep the simulated run in this folder, or measure the one that is there (default: a temporary folder)", HelpName = "DIR" };
var pictures = new Option<string?>("--pictures") { Description = "Measure nothing, and take pictures into this folder", HelpName = "DIR" };
var sweep = new Option<string>("--sweep") { Description = "With --pictures: of this sweep, which is trained", HelpName = "FILE", DefaultValueFactory = _ => "bench/Dashboard/pictures.yaml" };
var everyPage = new Option<string?>("--every-page") { Description = "Measure nothing, and take pictures of every page of --run into this folder, at three widths, dark and light", HelpName = "DIR" };
var root = new RootCommand("Measures the dashboard of a large sweep that has ended, in Chromium.") { trials, run, pictures, sweep, everyPage };
root.SetAction((parsed, _) => parsed.GetValue(pictures) is { } folder
    ? Pictures.TakeAsync(parsed.GetValue(sweep)!, folder)
    : parsed.GetValue(everyPage) is { } pages ? Pictures.TakeAllAsync(parsed.GetValue(run)!, pages)
    : MeasureAsync(parsed.GetValue(trials), parsed.GetValue(run)));
return await root.Parse(args).InvokeAsync();

static async Task MeasureAsync(int trials, string? kept)
{
    var temporary = kept is null ? Directory.CreateTempSubdirectory("sweep-bench-").FullName : null;
    var run = kept ?? Path.Combine(temporary!, "run");
    try
    {
        if (!Directory.Exists(run)) Console.WriteLine($"{trials:N0} trials are simulated: {await SimulatedRun.WriteAsync(run, trials):N0} events");
        var clock = Stopwatch.StartNew();
        await using var served = await Served.StartAsync(run);
        Console.WriteLine($"the coordinator serves the run after {clock.Elapsed.TotalSeconds:0.0} s");
        await PageSpeed.MeasureAsync(served.Address, Machine());
    }
    finally
    {
        if (temporary is not null) Directory.Delete(temporary, recursive: true);
    }
}

static string Machine()
{
    var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
    return $"{processor ?? "unknown processor"}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";
}
