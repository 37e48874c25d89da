using Serilog;
using Sweep.GpuWorker;
using Sweep.GpuWorker.Actors;
using Sweep.Shared;
using Sweep.Shared.Protocol;
using Sweep.Shared.Wire;

namespace Sweep.Bench.Load;

/// <summary>A worker process in which nothing is unreal but the training: joins, reports, drains and waits for a coordinator as gpu-worker does.</summary>
internal static class WorkerProcessProgram
{
    public static readonly DeviceDescription Device = new("CPU, 1 thread", 1, 1L << 30);

    public static async Task<int> RunAsync(HostAndPort coordinator, string id, TimeSpan epoch)
    {
        await using var log = new LoggerConfiguration().MinimumLevel.Warning().WriteTo.Console(outputTemplate: "{Timestamp:HH:mm:ss} {Message:lj}{NewLine}").CreateLogger();
        var listen = new HostAndPort("127.0.0.1", 0);
        var worker = new WorkerProcess(new WorkerId(id), Device, (start, observer) => WaitingTraining.Start(start, observer, epoch));
        var options = new WorkerOptions(
            [coordinator], worker.Id, listen, WireSecurity.For(listen, null, insecure: false, TimeProvider.System.GetUtcNow()), 1, TimeSpan.FromMinutes(10),
            IsOwned: false, AllowsCommands: false, LogFile: null, LogsJson: false, Http: null);
        return await new WorkerNode(options, worker, log).RunAsync();
    }
}
