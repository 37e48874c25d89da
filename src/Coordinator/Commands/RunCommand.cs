using System.CommandLine;
using Serilog.Core;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Api;
using Sweep.Coordinator.Metrics;
using Sweep.Coordinator.Outlets;
using Sweep.Coordinator.Views;
using Sweep.Shared;
using Sweep.Shared.Status;
using Sweep.Shared.Wire;

namespace Sweep.Coordinator.Commands;

/// <summary>The program without a command: runs sweeps, or goes on with them.</summary>
internal sealed class RunCommand
{
    private readonly Option<string[]> _sweeps = new("--sweep") { Description = "The sweep file; several times for several sweeps that share the workers", HelpName = "FILE", DefaultValueFactory = _ => [] };
    private readonly Option<string[]> _runs = new("--resume") { Description = "Go on with the run in this folder where it stopped; several times for several", HelpName = "RUN", DefaultValueFactory = _ => [] };
    private readonly Option<bool> _extend = new("--extend") { Description = "With --resume: the sweep file may raise search.trials and limits" };
    private readonly Option<bool> _standby = new("--standby") { Description = "With --resume, for histories in PostgreSQL: wait while another coordinator is at work on the run, and take over when it dies" };
    private readonly Option<bool> _service = new("--service") { Description = "As a service manager runs it: begin the run in --output or go on with it; SIGTERM ends this process and not the sweep" };
    private readonly Option<bool> _stay = new("--stay") { Description = "With --service and --http: when the sweep has ended, go on serving metrics until told to end" };
    private readonly Option<int?> _workers = new("--workers") { Description = "Workers to start on this machine (default: one a visible GPU, else one)", HelpName = "N" };
    private readonly Option<string?> _listen = new("--listen") { Description = "Let workers from elsewhere join at this address (default: loopback, a free port)", HelpName = "HOST:PORT" };
    private readonly Option<string> _lease = new("--lease")
    {
        Description = "A worker that is silent for so long loses its trial to another one",
        HelpName = "TIME",
        DefaultValueFactory = _ => $"{SweepActor.DefaultLease.TotalSeconds}s",
    };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Print what the sweep file expands to, and start nothing" };
    private readonly Option<string?> _output = new("--output") { Description = "The run folder (default: runs/NAME-TIME); with several sweeps, one folder of its name for each is in it", HelpName = "DIR" };
    private readonly StoreOption _store = StoreOption.ForNewRuns();
    private readonly WireOptions _wire = new();
    private readonly StatusOptions _status = new();
    private readonly DashboardOptions _dashboard = new();
    private readonly OutletOptions _outlets = new();

    public static RootCommand Create() => new RunCommand().Root();

    private RootCommand Root()
    {
        var root = new RootCommand("Runs a hyperparameter sweep: a sweep file in, trained trials, a leaderboard out.")
        {
            _sweeps, _runs, _extend, _standby, _service, _stay, _workers, _listen, _lease, _dryRun, _output, _store,
        };
        foreach (var option in _wire.All.Concat(_status.All).Concat(_dashboard.All).Concat(_outlets.All)) root.Add(option);
        RunRules.AddTo(_listen, _lease, _workers);
        root.Validators.Add(result => RunRules.Check(
            result, new Asked(result.GetValue(_sweeps)!.Length, result.GetValue(_runs)!.Length, result.GetValue(_extend), result.GetValue(_standby), result.GetValue(_service),
                result.GetValue(_stay), result.GetValue(_dryRun), result.GetValue(_output) is not null)));
        root.SetAction((parsed, _) => RunAsync(parsed));
        return root;
    }

    /// <exception cref="IOException">Something that was asked for cannot be opened; the message says what to do.</exception>
    private async Task<int> RunAsync(ParseResult parsed)
    {
        var listen = parsed.GetValue(_listen) is { } text ? HostAndPort.Parse(text)! : new HostAndPort("127.0.0.1", 0);
        if (WireFor(listen, parsed) is not { } wire) return ExitCodes.BadInput;
        var store = _store.Read(parsed);
        using var jsonLog = _status.LogJson(parsed) ? RunLog.ToStandardOutput() : null;
        if (jsonLog is not null) Console.SetOut(TextWriter.Null);
        using var sinks = LogSinks.Open(jsonLog, _outlets.LogConfig(parsed));
        var (health, views) = (new NodeHealth(), new SweepViews());
        await using var server = await ServeStatusAsync(parsed, health, jsonLog);
        await using var api = await ServeDashboardAsync(parsed, views, jsonLog);
        using var metrics = new SweepMetrics();
        var status = new CoordinatorStatus(health, metrics, sinks, views, api);
        var options = new RunOptions(
            parsed.GetValue(_workers), listen, wire, Durations.Parse(parsed.GetValue(_lease)!)!.Value, parsed.GetValue(_service), status, _outlets.Read(parsed));
        var exitCode = await LaunchAsync(parsed, store, options);
        if (parsed.GetValue(_stay) && metrics.HaveEnded) await StayAsync(status);
        return exitCode;
    }

    private Task<int> LaunchAsync(ParseResult parsed, Histories.StoreAddress? store, RunOptions options)
    {
        var (sweeps, runs, output, isStandby) = (parsed.GetValue(_sweeps)!, parsed.GetValue(_runs)!, parsed.GetValue(_output), parsed.GetValue(_standby));
        return runs.Length > 0 ? Launch.ResumeAsync(runs, sweeps.FirstOrDefault(), parsed.GetValue(_extend), isStandby, store, options)
            : parsed.GetValue(_service) ? Launch.ServeAsync(sweeps, output!, isStandby, store, options)
            : Launch.StartAsync(sweeps, parsed.GetValue(_dryRun), output, store, options);
    }

    /// <summary>Null, with the reason shown, where connections would not be as safe as they should be.</summary>
    private WireSecurity? WireFor(HostAndPort listen, ParseResult parsed)
    {
        try
        {
            var security = _wire.Read(parsed, listen);
            if (security.Warning is { } warning) Console.Error.WriteLine(warning);
            return security;
        }
        catch (WireSecurityException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return null;
        }
    }

    private async Task<StatusServer?> ServeStatusAsync(ParseResult parsed, NodeHealth health, Logger? log)
    {
        if (_status.Http(parsed) is not { } http) return null;
        var server = await StatusServer.StartAsync(http, SweepMetrics.MeterName, health);
        Console.WriteLine($"metrics and health at {server.Address}");
        log?.Information("Metrics and health at {Address}", server.Address);
        return server;
    }

    private async Task<ApiServer?> ServeDashboardAsync(ParseResult parsed, SweepViews views, Logger? log)
    {
        var api = await _dashboard.StartAsync(parsed, views);
        if (api is null || parsed.GetValue(_dryRun)) return api;
        Console.WriteLine($"dashboard at {api.Address}");
        log?.Information("Dashboard at {Address}", api.Address);
        return api;
    }

    /// <summary>The sweep is over, and this process is only looked at: that it may be ended at any time is nobody's loss.</summary>
    private static async Task StayAsync(CoordinatorStatus status)
    {
        using var end = new EndSignal();
        status.Health.Started(() => null);
        Console.WriteLine("the sweep has ended; metrics are served until this process is told to end");
        status.JsonLog?.Information("The sweep has ended; metrics are served until this process is told to end");
        await end.Told;
    }
}
