using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Sweep.Bench.ReportPage;
using Sweep.Coordinator.SweepReports;

// How large report.html is, how long it takes to write, and how long Chromium takes from the navigation to the page's load event, when its table
// is there; charts follow one after the other, when the browser has time. Arguments: trials (1000), epochs of each (60), runs (5).
var trials = args.Length > 0 ? int.Parse(args[0]) : 1_000;
var epochs = args.Length > 1 ? int.Parse(args[1]) : 60;
var runs = args.Length > 2 ? int.Parse(args[2]) : 5;
const string Probe = "<script>addEventListener('load', () => { document.title = `load ${Math.round(performance.now())}`; })</script></body>";

Console.WriteLine($"{RunFacts.ThisMachine()}, {RuntimeInformation.ProcessArchitecture}");
var folder = Directory.CreateTempSubdirectory("sweep-bench-report-").FullName;
foreach (var scheduler in new[] { "none", "asha" })
{
    var (state, events) = LargeSweep.Of(trials, epochs, scheduler);
    var watch = Stopwatch.StartNew();
    var html = ReportHtml.Text(SweepReport.Of(state, events, RunFacts.None));
    Console.WriteLine($"{scheduler}: {state.TrialCount} trials, {state.EpochsTotal} epochs: {html.Length / 1e6:0.00} MB, made in {watch.Elapsed.TotalSeconds:0.00} s");
    var page = Path.Combine(folder, $"{scheduler}.html");
    File.WriteAllText(page, html[..html.LastIndexOf("</body>", StringComparison.Ordinal)] + Probe);
    var times = Enumerable.Range(0, runs).Select(run => Open(page, run)).ToList();
    Console.WriteLine($"  loaded after {times.Order().ElementAt(runs / 2)} ms, median of {runs} ({string.Join(", ", times)})");
}
Directory.Delete(folder, recursive: true);

int Open(string page, int run)
{
    using var browser = Process.Start(new ProcessStartInfo("chromium",
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        $"--user-data-dir={Path.Combine(folder, $"profile-{run}")}", "--window-size=1200,900", "--dump-dom", page,
    ])
    { RedirectStandardOutput = true, RedirectStandardError = true })!;
    _ = browser.StandardError.ReadToEndAsync();
    var dom = browser.StandardOutput.ReadToEnd();
    browser.WaitForExit();
    return int.Parse(Regex.Match(dom, "<title>load ([0-9]+)").Groups[1].Value);
}
