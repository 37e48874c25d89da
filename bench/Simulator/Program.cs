// How soon samplers and schedulers find a good configuration, on simulated learning curves and under a virtual clock.
//
//   simulator --search random --scheduler none --scheduler asha --seeds 20
//   simulator --scale --trials 10000 --workers 500

using System.CommandLine;
using System.Diagnostics;
using Sweep.Bench.Simulator;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

var searches = new Option<string[]>("--search") { Description = "Samplers, by the name of search.algorithm", DefaultValueFactory = _ => ["random"] };
var schedulers = new Option<string[]>("--scheduler") { Description = "By the name of scheduler.name, or a whole section", DefaultValueFactory = _ => ["none", "median", "asha", "hyperband"] };
var seeds = new Option<int>("--seeds") { Description = "Sweeps for each pair", DefaultValueFactory = _ => 20 };
var firstSeed = new Option<int>("--first-seed") { Description = "The seed of the first of them, which the others follow" };
var workers = new Option<int>("--workers") { Description = "Of each sweep", DefaultValueFactory = _ => 1 };
var cap = new Option<int>("--cap") { Description = "Epochs after which a sweep gives up", DefaultValueFactory = _ => 100 * MixedSpace.Epochs };
var scale = new Option<bool>("--scale") { Description = "Instead: run one sweep with the first search and scheduler, and time it" };
var trials = new Option<int>("--trials") { Description = "With --scale: of that sweep", DefaultValueFactory = _ => 10_000 };
var raw = new Option<bool>("--raw") { Description = "Print every sweep's figures" };
var root = new RootCommand("Simulates sweeps: epochs and time until a fully trained trial is within 1 % and 0.2 % of the best attainable.")
{
    searches, schedulers, seeds, firstSeed, workers, cap, scale, trials, raw,
};
root.SetAction(parsed =>
{
    var (algorithms, names) = (parsed.GetValue(searches)!, parsed.GetValue(schedulers)!);
    if (parsed.GetValue(scale)) Scale(algorithms[0], names[0], parsed.GetValue(trials), parsed.GetValue(workers));
    else Compare(algorithms, names, parsed.GetValue(firstSeed), parsed.GetValue(seeds), parsed.GetValue(workers), parsed.GetValue(cap), parsed.GetValue(raw));
});
return root.Parse(args).Invoke();

static string SectionOf(string scheduler) => scheduler.StartsWith('{') ? scheduler : $"{{name: {scheduler}}}";

static void Compare(string[] searches, string[] schedulers, int first, int seeds, int workers, int cap, bool raw)
{
    Console.WriteLine($"{seeds} seeds, {workers} workers, at most {cap:N0} epochs; medians [quartiles] (seeds that got there)\n");
    Console.WriteLine("| search | scheduler | epochs to 1 % | epochs to 0.2 % | time to 1 % | trials / fully trained | regret | seconds |");
    Console.WriteLine("|---|---|---|---|---|---|---|---|");
    foreach (var search in searches)
    {
        foreach (var scheduler in schedulers)
        {
            var clock = Stopwatch.StartNew();
            var races = new List<Race>();
            for (var seed = first; seed < first + seeds; seed++)
            {
                races.Add(Race.Run(seed, workers, cap, $"{{algorithm: {search}, trials: 1000000}}", SectionOf(scheduler)));
                if (raw) Console.WriteLine(races[^1]);
            }
            var ended = races.Select(race => race.Regret);
            Console.WriteLine(
                $"| {search} | {scheduler} | {Quartiles.Of(races.Select(race => race.To1Percent?.Epochs))} "
                + $"| {Quartiles.Of(races.Select(race => race.To02Percent?.Epochs))} | {Quartiles.Of(races.Select(race => race.To1Percent?.Time))} "
                + $"| {Quartiles.MedianOf(races.Select(race => (double)race.Trials)):0} / {Quartiles.MedianOf(races.Select(race => (double)race.FullyTrained)):0} "
                + $"| {Quartiles.MedianOf(ended):0.0000} | {clock.Elapsed.TotalSeconds:0.0} |");
        }
    }
}

static void Scale(string search, string scheduler, int trials, int workers)
{
    var curves = new Dictionary<TrialId, Curve>();
    var events = 0;
    var simulation = new Simulation(
        MixedSpace.Sweep(1, $"search: {{algorithm: {search}, trials: {trials}}}\nscheduler: {SectionOf(scheduler)}"),
        (trial, epoch) =>
        {
            if (!curves.TryGetValue(trial.Id, out var curve)) curves[trial.Id] = curve = new Curve((NetworkConfiguration)trial.Configuration, 1, trial.Id.Number - 1);
            return curve.Next(epoch);
        },
        worker => TimeSpan.FromSeconds(1 + worker % 7 * 0.01))
    { Decided = (_, _, decided) => events += decided.Count };
    var clock = Stopwatch.StartNew();
    simulation.Run(workers);
    var outcomes = simulation.State.Trials.CountBy(trial => trial.Outcome!.Value).Select(count => $"{count.Value:N0} {count.Key}");
    Console.WriteLine(
        $"{search} + {scheduler}: {trials:N0} trials on {workers} workers, {simulation.State.EpochsTotal:N0} epochs, {events:N0} events in {clock.Elapsed.TotalSeconds:0.0} s "
        + $"({events / clock.Elapsed.TotalSeconds:N0} events/s); {simulation.Elapsed.TotalSeconds:N0} s of the sweep's time; {string.Join(", ", outcomes)}");
}
