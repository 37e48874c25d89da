using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Sweep.Coordinator;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Api;
using Sweep.Coordinator.Commands;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Metrics;
using Sweep.Coordinator.Outlets;
using Sweep.Coordinator.Views;
using Sweep.Shared;
using Sweep.Shared.Status;
using Sweep.Shared.Wire;

const string StoreVariable = "SWEEP_STORE";

var sweep = new Option<string[]>("--sweep") { Description = "The sweep file; several times for several sweeps that share the workers", HelpName = "FILE", DefaultValueFactory = _ => [] };
var resume = new Option<string[]>("--resume") { Description = "Go on with the run in this folder where it stopped; several times for several", HelpName = "RUN", DefaultValueFactory = _ => [] };
var extend = new Option<bool>("--extend") { Description = "With --resume: the sweep file may raise search.trials and limits" };
var standby = new Option<bool>("--standby") { Description = "With --resume, for histories in PostgreSQL: wait while another coordinator is at work on the run, and take over when it dies" };
var workers = new Option<int?>("--workers") { Description = "Workers to start on this machine (default: one a visible GPU, else one)", HelpName = "N" };
var listen = new Option<string?>("--listen") { Description = "Let workers from elsewhere join at this address (default: loopback, a free port)", HelpName = "HOST:PORT" };
var wire = new WireOptions();
var status = new StatusOptions();
var outlets = new OutletOptions();
var dashboard = new DashboardOptions();
var service = new Option<bool>("--service") { Description = "As a service manager runs it: begin the run in --output or go on with it; SIGTERM ends this process and not the sweep" };
var stay = new Option<bool>("--stay") { Description = "With --service and --http: when the sweep has ended, go on serving metrics until told to end" };
var lease = new Option<string>("--lease")
{
    Description = "A worker that is silent for so long loses its trial to another one",
    HelpName = "TIME",
    DefaultValueFactory = _ => $"{SweepActor.DefaultLease.TotalSeconds}s",
};
var dryRun = new Option<bool>("--dry-run") { Description = "Print what the sweep file expands to, and start nothing" };
var runFolder = new Option<string?>("--output") { Description = "The run folder (default: runs/NAME-TIME); with several sweeps, one folder of its name for each is in it", HelpName = "DIR" };
var store = new Option<string?>("--store")
{
    Description = $"Keep the history in PostgreSQL, at postgres://USER@HOST/DATABASE (default: {StoreVariable}, else SQLite in the run folder)",
    HelpName = "URL",
};
var root = new RootCommand("Runs a hyperparameter sweep: a sweep file in, trained trials, a leaderboard out.")
{
    sweep, resume, extend, standby, service, stay, workers, listen, lease, dryRun, runFolder, store,
};
foreach (var option in wire.All.Concat(status.All).Concat(dashboard.All).Concat(outlets.All)) root.Add(option);
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
    var output = parsed.GetValue(runFolder);
    var sweepFiles = parsed.GetValue(sweep)!;
    var runs = parsed.GetValue(resume)!;
    var isStandby = parsed.GetValue(standby);
    var history = StoreOf(parsed.GetValue(store));
    using var jsonLog = status.LogJson(parsed) ? RunLog.ToStandardOutput() : null;
    if (jsonLog is not null) Console.SetOut(TextWriter.Null);
    using var sinks = LogSinks.Open(jsonLog, outlets.LogConfig(parsed));
    var health = new NodeHealth();
    await using var server = status.Http(parsed) is { } http ? await StatusServer.StartAsync(http, SweepMetrics.MeterName, health) : null;
    if (server is not null)
    {
        Console.WriteLine($"metrics and health at {server.Address}");
        jsonLog?.Information("Metrics and health at {Address}", server.Address);
    }
    var views = new SweepViews();
    await using var api = await dashboard.StartAsync(parsed, views);
    if (api is not null && !parsed.GetValue(dryRun))
    {
        Console.WriteLine($"dashboard at {api.Address}");
        jsonLog?.Information("Dashboard at {Address}", api.Address);
    }
    using var metrics = new SweepMetrics();
    var options = new RunOptions(parsed.GetValue(workers), address, security, Durations.Parse(parsed.GetValue(lease)!)!.Value, parsed.GetValue(service), new CoordinatorStatus(health, metrics, sinks, views, api), outlets.Read(parsed));
    var exitCode = runs.Length > 0 ? await Launch.ResumeAsync(runs, sweepFiles.FirstOrDefault(), parsed.GetValue(extend), isStandby, history, options)
        : parsed.GetValue(service) ? await Launch.ServeAsync(sweepFiles, output!, isStandby, history, options)
        : await Launch.StartAsync(sweepFiles, parsed.GetValue(dryRun), output, history, options);
    if (parsed.GetValue(stay) && metrics.HaveEnded) await StayAsync(options.Status);
    return exitCode;
});
var run = new Argument<string>("RUN") { Description = "The run folder" };
var verify = new Command("verify", "Audits a run: its events, its leaderboard, its checkpoints. Exit code 1, and a list, where something is wrong.") { run, store };
verify.SetAction((parsed, _) => Launch.VerifyAsync(parsed.GetValue(run)!, StoreOf(parsed.GetValue(store))));
root.Add(verify);
root.Add(PlanCommands.Validate());
root.Add(PlanCommands.Plan());
foreach (var command in SweepCommands.All()) root.Add(command);
root.Add(DashboardCommand.Create());
root.Add(ReportCommand.Create());
root.Add(CompareCommand.Create());
root.Add(ExportCommand.Create());
root.Add(HealthCommand.Create());
root.Validators.Add(result =>
{
    if (result.Children.OfType<CommandResult>().Any()) return;
    var (runs, sweepFiles) = (result.GetValue(resume)!.Length, result.GetValue(sweep)!.Length);
    var (resumes, hasSweep) = (runs > 0, sweepFiles > 0);
    if (runs > 1 && hasSweep || resumes && sweepFiles > 1)
        result.AddError("--sweep: with --resume, one run goes on with one sweep file; runs that go on together do so with their own");
    if (!resumes && !hasSweep) result.AddError("give a sweep file by --sweep FILE, or a run to go on with by --resume RUN");
    if (!resumes && result.GetValue(extend)) result.AddError("--extend: only with --resume RUN");
    var serves = result.GetValue(service);
    if (!resumes && !serves && result.GetValue(standby)) result.AddError("--standby: only with --resume RUN or --service");
    if (serves && (resumes || !hasSweep || result.GetValue(runFolder) is null || result.GetValue(dryRun)))
        result.AddError("--service: give --sweep FILE and --output DIR with it, and neither --resume nor --dry-run");
    if (result.GetValue(stay) && !(serves && result.Children.OfType<OptionResult>().Any(option => option.Option.Name == "--http")))
        result.AddError("--stay: only with --service and --http HOST:PORT");
    if (result.GetValue(standby) && !serves && (hasSweep || result.GetValue(extend)))
        result.AddError("--standby: goes on with the sweep file that the run has; leave out --sweep and --extend");
    if (resumes && result.GetValue(runFolder) is not null) result.AddError("--output: a run that is resumed stays in its folder");
    if (resumes && result.GetValue(dryRun)) result.AddError("--dry-run: only with --sweep FILE, and without --resume");
});
listen.Validators.Add(result =>
{
    if (HostAndPort.Parse(result.GetValueOrDefault<string?>() ?? "") is null) result.AddError("--listen: give HOST:PORT, for example --listen 127.0.0.1:4053");
});
lease.Validators.Add(result =>
{
    if (!(Durations.Parse(result.GetValueOrDefault<string>()) is { TotalSeconds: >= 2 and <= 3_600 })) result.AddError("--lease: give 2s to 1h, for example --lease 30s");
});
workers.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int?>() is < 0) result.AddError("--workers: give 0 or more");
});

try
{
    var command = root.Parse(args);
    if (command.Errors.Count > 0)
    {
        foreach (var error in command.Errors) Console.Error.WriteLine(error.Message);
        return ExitCodes.BadInput;
    }
    // Signals are the sweep's own affair: it ends in order, however long that takes.
    return await command.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
}
catch (Exception exception) when (exception is UsageException or IOException)
{
    Console.Error.WriteLine(exception.Message);
    return ExitCodes.BadInput;
}

// The sweep is over, and this process is only looked at: that it may be ended at any time is nobody's loss.
static async Task StayAsync(CoordinatorStatus status)
{
    var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
    using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
    status.Health.Started(() => null);
    Console.WriteLine("the sweep has ended; metrics are served until this process is told to end");
    status.JsonLog?.Information("The sweep has ended; metrics are served until this process is told to end");
    await told.Task;

    void End(PosixSignalContext context)
    {
        context.Cancel = true;
        told.TrySetResult();
    }
}

static StoreAddress? StoreOf(string? option)
{
    var variable = Environment.GetEnvironmentVariable(StoreVariable);
    if (option is null && string.IsNullOrEmpty(variable)) return null;
    try
    {
        return StoreAddress.Parse(option ?? variable!, mayHoldPassword: option is null).WithPasswordFile();
    }
    catch (Exception exception) when (exception is FormatException or IOException)
    {
        throw new UsageException($"{(option is null ? StoreVariable : "--store")}: {exception.Message}");
    }
}

/// <summary>The command line or the environment asks for something that cannot be.</summary>
internal sealed class UsageException(string message) : Exception(message);
