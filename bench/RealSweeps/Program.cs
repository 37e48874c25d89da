// Real sweeps: in how many epochs do successive halving and TPE reach what random search has reached at its end?
//
//   real-sweeps --runs /tmp/real --seeds 3 --figure docs/real-sweeps.svg

using System.CommandLine;
using Sweep.Bench.RealSweeps;
using Sweep.Coordinator;
using Sweep.Coordinator.Reports;

var coordinator = new Option<string>("--coordinator")
{
    Description = "The program",
    DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "../../Coordinator/release/coordinator"),
};
var runs = new Option<string>("--runs") { Description = "Where the runs go; those that are there are not run again", Required = true };
var seeds = new Option<int>("--seeds") { Description = "Sweeps for each pair", DefaultValueFactory = _ => 3 };
var figure = new Option<string?>("--figure") { Description = "Draw it here, as SVG" };
var root = new RootCommand("Trains real sweeps, with random search and with asha and tpe, and compares.") { coordinator, runs, seeds, figure };
root.SetAction(parsed => Compare(
    Path.GetFullPath(parsed.GetValue(coordinator)!), parsed.GetValue(runs)!, parsed.GetValue(seeds), parsed.GetValue(figure)));
return root.Parse(args).Invoke();

static void Compare(string coordinator, string runs, int seeds, string? figure)
{
    Directory.CreateDirectory(runs);
    Console.WriteLine($"Sweep {ProgramVersion.Build}, one worker with one thread, seeds 1 to {seeds}\n");
    Console.WriteLine("| data set | seed | random: best at the end | in epochs | trials | asha + tpe gets there in | share | its best at the end | trials |");
    Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
    var panels = new List<Panel>();
    foreach (var sweep in RealSweep.All)
    {
        var panel = new Panel(sweep, [], []);
        panels.Add(panel);
        for (var seed = 1; seed <= seeds; seed++)
        {
            var random = Race.Of(sweep, Pair.Random, seed, coordinator, runs);
            var asha = Race.Of(sweep, Pair.AshaAndTpe, seed, coordinator, runs);
            panel.Random.Add(random);
            panel.Asha.Add(asha);
            Console.WriteLine(Row(sweep, seed, random, asha));
        }
    }
    if (figure is not null) File.WriteAllText(figure, Figure.Svg(panels));
}

static string Row(RealSweep sweep, int seed, Race random, Race asha)
{
    var (before, now) = (random.EpochsTo(random.Final)!.Value, asha.EpochsTo(random.Final));
    var share = now is { } epochs ? $"{epochs} epochs | {(double)epochs / before:0.00}" : "never | –";
    return $"| {sweep.Title} | {seed} | {Shown(random)} | {before} | {random.Trials} | {share} | {Shown(asha)} | {asha.Trials} |";
}

static string Shown(Race race) => Figures.Value(race.Objective, race.Final);
