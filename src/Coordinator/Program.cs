using System.CommandLine;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;
using Sweep.Coordinator;
using Sweep.Coordinator.Plans;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

var sweep = new Option<string>("--sweep") { Description = "The sweep file", Required = true, HelpName = "FILE" };
var workers = new Option<int?>("--workers") { Description = "Workers to start on this machine (default: one a visible GPU, else one)", HelpName = "N" };
var listen = new Option<string?>("--listen") { Description = "Let workers from elsewhere join at this address (default: loopback, a free port)", HelpName = "HOST:PORT" };
var insecure = new Option<bool>("--insecure") { Description = "Allow to listen beyond loopback, where anyone who reaches the port can take part" };
var dryRun = new Option<bool>("--dry-run") { Description = "Print what the sweep file expands to, and start nothing" };
var output = new Option<string?>("--output") { Description = "The run folder (default: runs/NAME-TIME)", HelpName = "DIR" };
var root = new RootCommand("Runs a hyperparameter sweep: a sweep file in, trained trials, a leaderboard out.") { sweep, workers, listen, insecure, dryRun, output };
root.SetAction((parsed, _) => RunAsync(
    new RunOptions(
        parsed.GetValue(sweep)!,
        parsed.GetValue(workers),
        parsed.GetValue(listen) is { } address ? HostAndPort.Parse(address) ?? throw new FormatException() : null,
        parsed.GetValue(output)),
    parsed.GetValue(dryRun)));
listen.Validators.Add(result =>
{
    var address = result.GetValueOrDefault<string?>() is { } text ? HostAndPort.Parse(text) : null;
    if (address is null) result.AddError("--listen: give HOST:PORT, for example --listen 127.0.0.1:4053");
    else if (!address.IsLoopback && !result.GetResult(root)!.GetValue(insecure))
        result.AddError($"--listen {address}: connections are neither encrypted nor authenticated; add --insecure if the network is yours alone");
});
workers.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int?>() is < 0) result.AddError("--workers: give 0 or more");
});
var command = root.Parse(args);
if (command.Errors.Count > 0)
{
    foreach (var error in command.Errors) Console.Error.WriteLine(error.Message);
    return ExitCodes.BadInput;
}
// Signals are the sweep's own affair: it ends in order, however long that takes.
return await command.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static async Task<int> RunAsync(RunOptions options, bool dryRun)
{
    var file = SweepFileReader.Read(options.SweepFile);
    if (file is not SweepFileResult.Valid(var definition))
    {
        Console.Error.WriteLine(file);
        return ExitCodes.BadInput;
    }
    var sampler = Sampler.Create(definition);
    var plan = SweepPlan.Of(definition, sampler);
    if (dryRun)
    {
        Console.Write(PlanText.Of(plan));
        return ExitCodes.Done;
    }
    if (LocalWorkers.MemoryOfEach(options.LocalWorkers) is { } memory && plan.ProblemWithMemory(memory) is { } problem)
    {
        Console.Error.WriteLine($"{options.SweepFile}: {problem}");
        return ExitCodes.BadInput;
    }
    RunFolder folder;
    try
    {
        folder = RunFolder.Create(options.Output ?? RunFolder.DefaultPath(definition.Name, TimeProvider.System.GetUtcNow()));
    }
    catch (IOException exception)
    {
        Console.Error.WriteLine(exception.Message);
        return ExitCodes.BadInput;
    }
    using var log = new LoggerConfiguration().MinimumLevel.Information()
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
        .WriteTo.File(new CompactJsonFormatter(), folder.Log)
        .CreateLogger();
    try
    {
        return await new SweepRun(definition, sampler, plan, options, folder, log).RunAsync();
    }
    catch (Exception exception) when (exception is IOException or InvalidOperationException)
    {
        log.Fatal(exception, "The sweep cannot go on");
        Console.Error.WriteLine(exception.Message);
        return ExitCodes.CannotGoOn;
    }
}
