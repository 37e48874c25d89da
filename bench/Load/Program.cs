// The real coordinator under the load of many workers and many trials, none of which trains.
//
//   bench-load churn --workers 40 --minutes 10

using System.CommandLine;
using Sweep.Bench.Load;
using Sweep.Shared;

var root = new RootCommand("Puts a coordinator under load: many workers, many trials, and none of them trains.") { ChurnCommand(), WorkerCommand() };
return await root.Parse(args).InvokeAsync();

static Command ChurnCommand()
{
    var workers = new Option<int>("--workers") { Description = "Worker processes", DefaultValueFactory = _ => 40 };
    var minutes = new Option<double>("--minutes") { Description = "How long", DefaultValueFactory = _ => 10 };
    var share = new Option<double>("--share") { Description = "Of the workers, killed and replaced every minute", DefaultValueFactory = _ => 0.1 };
    var command = new Command("churn", "Real worker processes, of which a share is killed and replaced every minute.") { workers, minutes, share };
    command.SetAction(async (parsed, _) =>
    {
        var churn = new Churn(
            parsed.GetValue(workers), parsed.GetValue(share), TimeSpan.FromMinutes(parsed.GetValue(minutes)), TimeSpan.FromSeconds(1), epochs: 30);
        return await churn.RunAsync() ? 0 : 1;
    });
    return command;
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
