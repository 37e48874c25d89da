// The real coordinator under the load of many workers and many trials, none of which trains.
//
//   bench-load trials                        10,000 trials of 1 s on 16 workers
//   bench-load reports --workers 1000        a report a second of each, for five minutes
//   bench-load history                       100,000 trials
//   bench-load drain                         50 of 200 workers end at once
//   bench-load churn                         40 worker processes, a tenth of which is killed every minute for ten minutes

using System.CommandLine;
using Sweep.Bench.Load;
using Sweep.Shared;

var root = new RootCommand("Puts a coordinator under load: many workers, many trials, and none of them trains.")
{
    TrialsCommand(), ReportsCommand(), HistoryCommand(), DrainCommand(), ChurnCommand(), WorkerCommand(), WorkersCommand(),
};
// SIGTERM is a worker's own affair.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static Command ChurnCommand()
{
    var workers = new Option<int>("--workers") { Description = "Worker processes", DefaultValueFactory = _ => 40 };
    var minutes = new Option<double>("--minutes") { Description = "How long", DefaultValueFactory = _ => 10 };
    var share = new Option<double>("--share") { Description = "Of the workers, killed and replaced every minute", DefaultValueFactory = _ => 0.1 };
    var epochs = new Option<int>("--epochs") { Description = "Of a second each, in a trial", DefaultValueFactory = _ => 30 };
    var command = new Command("churn", "Real worker processes, of which a share is killed and replaced every minute.") { workers, minutes, share, epochs };
    command.SetAction((parsed, _) => MeasureAsync(new Churn(
        parsed.GetValue(workers), parsed.GetValue(share), TimeSpan.FromMinutes(parsed.GetValue(minutes)), TimeSpan.FromSeconds(1), parsed.GetValue(epochs)).RunAsync));
    return command;
}

static Command TrialsCommand()
{
    var trials = new Option<int>("--trials") { Description = "Trials of one epoch", DefaultValueFactory = _ => 10_000 };
    var workers = new Option<int>("--workers") { Description = "Workers", DefaultValueFactory = _ => 16 };
    var seconds = new Option<double>("--seconds") { Description = "What each trial takes", DefaultValueFactory = _ => 1 };
    var spread = new SpreadOptions(processes: 1, nodes: 16);
    var command = new Command("trials", "Many short trials: what the coordinator adds to each. Takes eleven minutes; with --trials 800 one.") { trials, workers, seconds };
    spread.AddTo(command);
    command.SetAction((parsed, _) => MeasureAsync(() => Runs.TrialsAsync(
        parsed.GetValue(trials), parsed.GetValue(workers), TimeSpan.FromSeconds(parsed.GetValue(seconds)), spread.Of(parsed))));
    return command;
}

static Command ReportsCommand()
{
    var workers = new Option<int>("--workers") { Description = "Workers", DefaultValueFactory = _ => 200 };
    var minutes = new Option<double>("--minutes") { Description = "How long", DefaultValueFactory = _ => 5 };
    var seconds = new Option<double>("--seconds") { Description = "Between two reports of a worker", DefaultValueFactory = _ => 1 };
    var spread = new SpreadOptions(processes: 2, nodes: 10);
    var command = new Command("reports", "Many workers that report at a steady rate: how long acknowledgements take.") { workers, minutes, seconds };
    spread.AddTo(command);
    command.SetAction((parsed, _) => MeasureAsync(() => Runs.ReportsAsync(
        parsed.GetValue(workers), TimeSpan.FromMinutes(parsed.GetValue(minutes)), TimeSpan.FromSeconds(parsed.GetValue(seconds)), spread.Of(parsed))));
    return command;
}

static Command HistoryCommand()
{
    var trials = new Option<int>("--trials") { Description = "Trials", DefaultValueFactory = _ => 100_000 };
    var workers = new Option<int>("--workers") { Description = "Workers", DefaultValueFactory = _ => 64 };
    var epochs = new Option<int>("--epochs") { Description = "Of each trial", DefaultValueFactory = _ => 3 };
    var seconds = new Option<double>("--seconds") { Description = "What an epoch takes", DefaultValueFactory = _ => 0.1 };
    var spread = new SpreadOptions(processes: 1, nodes: 8);
    var command = new Command("history", "A long history: whether a report costs more at its end than at its beginning, and what memory it takes.") { trials, workers, epochs, seconds };
    spread.AddTo(command);
    command.SetAction((parsed, _) => MeasureAsync(() => Runs.HistoryAsync(
        parsed.GetValue(trials), parsed.GetValue(workers), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(epochs), spread.Of(parsed))));
    return command;
}

static Command DrainCommand()
{
    var workers = new Option<int>("--workers") { Description = "Workers", DefaultValueFactory = _ => 200 };
    var leaving = new Option<int>("--leaving") { Description = "Of them, told to end at once; as many others take their place", DefaultValueFactory = _ => 50 };
    var seconds = new Option<double>("--seconds") { Description = "What an epoch takes", DefaultValueFactory = _ => 1 };
    var spread = new SpreadOptions(processes: 2, nodes: 10);
    var command = new Command("drain", "A part of the workers hands its trials back at once, as at SIGTERM: where these go, and when.") { workers, leaving, seconds };
    spread.AddTo(command);
    command.SetAction((parsed, _) => MeasureAsync(() => Runs.DrainAsync(
        parsed.GetValue(workers), parsed.GetValue(leaving), TimeSpan.FromSeconds(parsed.GetValue(seconds)), spread.Of(parsed))));
    return command;
}

static async Task<int> MeasureAsync(Func<Task<bool>> measure)
{
    Machine.Print();
    try
    {
        var holds = await measure();
        Console.WriteLine(holds ? "\nIt holds." : "\nIt does not hold.");
        return holds ? 0 : 1;
    }
    catch (Exception exception) when (exception is InvalidOperationException or TimeoutException or IOException)
    {
        Console.WriteLine(exception);
        return 1;
    }
}

static Command WorkerCommand()
{
    var join = new Option<string>("--join") { Required = true };
    var id = new Option<string>("--id") { Required = true };
    var epoch = new Option<double>("--epoch") { Required = true };
    var command = new Command("worker", "One worker process.") { join, id, epoch };
    command.Hidden = true;
    command.SetAction((parsed, _) =>
        WorkerProcessProgram.RunAsync(HostAndPort.Parse(parsed.GetValue(join)!)!, parsed.GetValue(id)!, TimeSpan.FromSeconds(parsed.GetValue(epoch))));
    return command;
}

static Command WorkersCommand()
{
    var join = new Option<string>("--join") { Required = true };
    var first = new Option<int>("--first") { Required = true };
    var count = new Option<int>("--count") { Required = true };
    var nodes = new Option<int>("--nodes") { Required = true };
    var epoch = new Option<double>("--epoch") { Required = true };
    var command = new Command("workers", "One process of simulated workers.") { join, first, count, nodes, epoch };
    command.Hidden = true;
    command.SetAction((parsed, _) => WorkersProgram.RunAsync(
        HostAndPort.Parse(parsed.GetValue(join)!)!, parsed.GetValue(first), parsed.GetValue(count), parsed.GetValue(nodes), TimeSpan.FromSeconds(parsed.GetValue(epoch))));
    return command;
}

/// <summary>How simulated workers are spread.</summary>
internal sealed class SpreadOptions(int processes, int nodes)
{
    private readonly Option<int> _processes = new("--processes") { Description = "Over which the workers are spread", DefaultValueFactory = _ => processes };
    private readonly Option<int> _nodes = new("--connections") { Description = "Of each process, which its workers share", DefaultValueFactory = _ => nodes };

    public void AddTo(Command command)
    {
        command.Add(_processes);
        command.Add(_nodes);
    }

    public Spread Of(ParseResult parsed) => new(parsed.GetValue(_processes), parsed.GetValue(_nodes));
}
