using System.CommandLine;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;
using Sweep.Coordinator;
using Sweep.Coordinator.Plans;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;
using Sweep.Shared.Wire;

var sweep = new Option<string>("--sweep") { Description = "The sweep file", Required = true, HelpName = "FILE" };
var workers = new Option<int?>("--workers") { Description = "Workers to start on this machine (default: one a visible GPU, else one)", HelpName = "N" };
var listen = new Option<string?>("--listen") { Description = "Let workers from elsewhere join at this address (default: loopback, a free port)", HelpName = "HOST:PORT" };
var wire = new WireOptions();
var dryRun = new Option<bool>("--dry-run") { Description = "Print what the sweep file expands to, and start nothing" };
var output = new Option<string?>("--output") { Description = "The run folder (default: runs/NAME-TIME)", HelpName = "DIR" };
var root = new RootCommand("Runs a hyperparameter sweep: a sweep file in, trained trials, a leaderboard out.") { sweep, workers, listen, dryRun, output };
foreach (var option in wire.All) root.Add(option);
root.SetAction(async (parsed, _) =>
{
    var address = parsed.GetValue(listen) is { } text ? HostAndPort.Parse(text)! : new HostAndPort("127.0.0.1", 0);
    WireSecurity security;
    try
    {
        security = wire.Read(parsed, address);
    }
    catch (WireSecurityException exception)
    {
        Console.Error.WriteLine(exception.Message);
        return ExitCodes.BadInput;
    }
    if (security.Warning is { } warning) Console.Error.WriteLine(warning);
    return await RunAsync(
        new RunOptions(parsed.GetValue(sweep)!, parsed.GetValue(workers), address, security, parsed.GetValue(output)), parsed.GetValue(dryRun));
});
listen.Validators.Add(result =>
{
    if (HostAndPort.Parse(result.GetValueOrDefault<string?>() ?? "") is null) result.AddError("--listen: give HOST:PORT, for example --listen 127.0.0.1:4053");
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
