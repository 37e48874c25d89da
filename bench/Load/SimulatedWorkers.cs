using System.Diagnostics;
using Akka;
using Akka.Actor;
using Akka.Hosting;
using HdrHistogram;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog;
using Sweep.GpuWorker.Actors;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Bench.Load;

/// <summary>
/// Many workers in one process: each is the real worker's actor, with a name of its own, and reports over this process's connections. The time
/// from a report to its acknowledgement goes into one histogram.
/// </summary>
/// <param name="first">Number of the first of them.</param>
/// <param name="nodes">Actor systems, each with a connection of its own, that share the workers.</param>
internal sealed class SimulatedWorkers(HostAndPort coordinator, int first, int count, int nodes, TimeSpan epoch) : IAsyncDisposable
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(1);

    private readonly List<IHost> _hosts = [];
    private readonly List<IActorRef> _workers = [];
    private readonly LongConcurrentHistogram _microseconds = new(1, 600_000_000, 3);

    /// <summary>Of every report that was acknowledged.</summary>
    public HistogramBase Microseconds => _microseconds;

    public async Task StartAsync()
    {
        for (var index = 0; index < nodes; index++)
        {
            var node = new ClusterNode(ClusterNames.WorkerRole, new HostAndPort("127.0.0.1", 0), Certificate: null);
            var host = node.Build(Log.Logger, _ => { });
            await host.StartAsync();
            _hosts.Add(host);
            var system = host.Services.GetRequiredService<ActorSystem>();
            for (var number = first + index; number < first + count; number += nodes) _workers.Add(Start(system, number, node.AddressOf(coordinator)));
        }
    }

    /// <summary>So many of the workers hand their trials back, all at once, as at SIGTERM, and take no others.</summary>
    public Task DrainAsync(int workers) => Task.WhenAll(_workers.Take(workers).Select(worker => worker.Ask<Done>(new WorkerActor.Drain(), DrainLimit)));

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }
    }

    private IActorRef Start(ActorSystem system, int number, Address address)
    {
        var process = new WorkerProcess(
            new WorkerId($"load-{number}#{Guid.NewGuid().ToString("N")[..8]}"), WorkerProcessProgram.Device,
            (start, observer) => WaitingTraining.Start(start, observer, epoch))
        {
            ReportAcknowledged = took => _microseconds.RecordValue(Math.Clamp((long)took.TotalMicroseconds, 1, 600_000_000)),
        };
        var coordinators = (IReadOnlyList<Address>)[address];
        return system.ActorOf(Props.Create(() => new WorkerActor(process, coordinators)), $"{ClusterNames.WorkerActor}-{number}");
    }
}
