using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Serilog;
using Serilog.Core;
using Serilog.Formatting.Compact;
using Sweep.GpuWorker.Actors;
using Sweep.GpuWorker.Commands;
using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Devices;
using Sweep.GpuWorker.Metrics;
using Sweep.GpuWorker.Programs;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Protocol;
using Sweep.Shared.Status;
using Sweep.Shared.Wire;

namespace Sweep.GpuWorker;

/// <summary>The program <c>gpu-worker</c>; and, with trainers of one's own, any other that does all that it does.</summary>
public static class WorkerProgram
{
    /// <summary>Runs to the end; the exit code.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="own">Trainers that this program brings along, which sweep files name under <c>trainer.name</c>.</param>
    public static async Task<int> RunAsync(string[] args, params ITrainer[] own)
    {
        if (args is [Supervisor.Verb, .. var supervised]) return Supervisor.Run(supervised);
        var join = new Option<string[]>("--join") { Description = "Where a coordinator listens; once for each that may be at work", HelpName = "HOST:PORT", Required = true };
        var grace = new Option<string>("--coordinator-grace")
        {
            Description = "How long to wait for a coordinator, training on, before the worker ends: 90s, 10m, 2h",
            HelpName = "TIME",
            DefaultValueFactory = _ => "10m",
        };
        var id = new Option<string?>("--id") { Description = "Name of this worker, unique among all (default: host/process)" };
        var listen = new Option<string?>("--listen") { Description = "HOST:PORT to listen on (default: the address that reaches the coordinator, a free port)" };
        var memory = new Option<int?>("--memory") { Description = "What the worker may have of its device's memory: no trial that needs more is sent to it (default: all)", HelpName = "MIB" };
        var threads = new Option<int?>("--threads") { Description = "OpenMP threads (default: one a core)" };
        var owned = new Option<bool>("--owned") { Description = "End when standard input does: the coordinator starts its workers so", Hidden = true };
        var logFile = new Option<string?>("--log-file") { Description = "Log to this file instead of the console" };
        var wire = new WireOptions();
        var status = new StatusOptions();
        var allowCommands = new Option<bool>("--allow-commands") { Description = "Run the programs that sweep files name as trainers (docs/other-trainers.md)" };
        var root = new RootCommand("Trains the trials of a sweep, one at a time.")
        {
            join, grace, id, listen, threads, memory, owned, logFile, allowCommands, ReplayCommand.Create(), EvaluateCommand.Create(),
            FetchCommand.Create(), HealthCommand.Create(),
        };
        foreach (var option in wire.All.Concat(status.All)) root.Add(option);
        root.SetAction(async (parsed, _) =>
        {
            var coordinators = new List<HostAndPort>();
            foreach (var text in parsed.GetValue(join)!)
            {
                if (HostAndPort.Parse(text) is not { } coordinator) return CommandErrors.Refuse($"--join {text}: give HOST:PORT, for example --join 10.0.0.1:4053");
                coordinators.Add(coordinator);
            }
            if (Durations.Parse(parsed.GetValue(grace)!) is not { } patience)
                return CommandErrors.Refuse($"--coordinator-grace {parsed.GetValue(grace)}: give a time such as 90s, 10m or 2h");
            if (parsed.GetValue(threads) is < 1) return CommandErrors.Refuse("--threads: give at least 1");
            if (parsed.GetValue(memory) is < 1) return CommandErrors.Refuse("--memory: give at least 1 MiB");
            var address = parsed.GetValue(listen);
            if (address is not null && HostAndPort.Parse(address) is null) return CommandErrors.Refuse($"--listen {address}: give HOST:PORT");
            var listensAt = address is null ? new HostAndPort(AddressTowards(coordinators.Find(coordinator => !coordinator.IsLoopback) ?? coordinators[0]), 0) : HostAndPort.Parse(address)!;
            WireSecurity security;
            try
            {
                security = wire.Read(parsed, listensAt);
            }
            catch (WireSecurityException exception)
            {
                return CommandErrors.Refuse(exception.Message);
            }
            if (security.Warning is { } warning) Console.Error.WriteLine(warning);
            return await RunAsync(own, new WorkerOptions(
                coordinators,
                Identity(parsed.GetValue(id)),
                listensAt,
                security,
                parsed.GetValue(threads),
                patience,
                parsed.GetValue(owned),
                parsed.GetValue(allowCommands),
                parsed.GetValue(logFile),
                status.LogJson(parsed),
                status.Http(parsed),
                parsed.GetValue(memory)));
        });
        var command = root.Parse(args);
        if (command.Errors.Count > 0 && command.CommandResult.Command != root)
        {
            foreach (var error in command.Errors) Console.Error.WriteLine(error.Message);
            return CommandErrors.BadInput;
        }
        // Signals are the worker's own affair: it hands its trial back first.
        return await command.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    /// <summary>How to start this program once more: by itself, or by the runtime that it was started with.</summary>
    private static string[] Self() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
        ? [Environment.ProcessPath!, Assembly.GetEntryAssembly()!.Location]
        : [Environment.ProcessPath!];

    /// <summary>A restarted worker is another one: the part behind # tells them apart, unless whoever starts the worker has given it already.</summary>
    private static WorkerId Identity(string? name)
    {
        name ??= $"{Environment.MachineName}/{Environment.ProcessId}";
        return new WorkerId(name.Contains('#') ? name : $"{name}#{Guid.NewGuid().ToString("N")[..8]}");
    }

    private static async Task<int> RunAsync(ITrainer[] own, WorkerOptions options)
    {
        using var log = LogFor(options);
        if (options.IsOwned) OwnerWatch.Start(log.Dispose);
        var health = new NodeHealth();
        try
        {
            await using var server = options.Http is { } http ? await StatusServer.StartAsync(http, WorkerMetrics.MeterName, health) : null;
            if (server is not null) log.Information("Metrics and health at {Address}", server.Address);
            return await WorkAsync(own, options, health, log);
        }
        catch (Exception exception) when (exception is NativeTorchException or IOException)
        {
            log.Fatal("{Problem}", exception.Message);
            return CommandErrors.Refuse(exception.Message);
        }
    }

    private static Logger LogFor(WorkerOptions options)
    {
        var log = new LoggerConfiguration().MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", Serilog.Events.LogEventLevel.Warning)
            .Enrich.WithProperty("Worker", options.Id.Value);
        return (options switch
        {
            { LogFile: { } file } => log.WriteTo.File(new CompactJsonFormatter(), file),
            { LogsJson: true } => log.WriteTo.Console(new CompactJsonFormatter()),
            _ => log.WriteTo.Console(outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}"),
        }).CreateLogger();
    }

    private static async Task<int> WorkAsync(ITrainer[] own, WorkerOptions options, NodeHealth health, Logger log)
    {
        NativeTorch.Load(log: log);
        var device = ComputeDevice.Open(options.Threads);
        var datasets = new DatasetCache(new DatasetStore(DatasetPlaces.FromEnvironment(), ToLog(log)));
        log.Information("Training on {Device}", device.Describe().Name);
        ITrainer[] commands = options.AllowsCommands ? [new CommandTrainer(Self())] : [];
        ITrainer[] trainers = [.. own, new NetworkTrainer(datasets, device), .. commands];
        using var metrics = new WorkerMetrics();
        var described = options.MemoryMebibytes is { } mebibytes ? device.Describe() with { MemoryBytes = (long)mebibytes << 20 } : device.Describe();
        var worker = new WorkerProcess(options.Id, described, Train);
        metrics.Show(worker);
        if (device.IsCuda && Nvml.FirstVisible() is { } gpu) metrics.Show(gpu.Read);
        health.Started(() => worker.HasCoordinator ? null : "there is no coordinator");
        return await new WorkerNode(options, worker, log).RunAsync();

        Action<AttemptEnding> Train(StartAttempt start, IAttemptObserver observer) =>
            AttemptRunner.Start(start, trainers, metrics.Watch(observer), LogOf(start.Attempt), EndAtOnce).Stop;

        ILogger LogOf(AttemptId attempt) => log.ForContext("Sweep", attempt.Sweep.Value)
            .ForContext("Trial", attempt.Trial.Number).ForContext("Attempt", attempt.ToString());

        void EndAtOnce(string problem)
        {
            log.Fatal("{Problem}: the process ends, so that another can take its place", problem);
            log.Dispose();
            // An orderly exit might wait for the very thread that stands still.
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }
    }

    private static Action<DownloadProgress> ToLog(Logger log)
    {
        const long Step = 16 << 20;
        var next = Step;
        return progress =>
        {
            if (progress.Bytes < next) return;
            next = progress.Bytes + Step;
            log.Information("Downloading {File}: {Megabytes} of {TotalMegabytes} MB", progress.File, progress.Bytes >> 20, progress.TotalBytes >> 20);
        };
    }

    /// <summary>The source address that the system would choose for a packet to the coordinator; nothing is sent.</summary>
    private static string AddressTowards(HostAndPort coordinator)
    {
        if (coordinator.IsLoopback) return "127.0.0.1";
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(coordinator.Host, coordinator.Port);
            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException)
        {
            return Dns.GetHostName();
        }
    }
}
