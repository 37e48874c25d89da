using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Bench.Reports;

/// <summary>An actor system with one sweep in it, as the coordinator has it.</summary>
internal sealed class BenchNode : IAsyncDisposable
{
    private readonly IHost _host;

    private BenchNode(IHost host, ActorSystem system, IActorRef sweep) => (_host, System, Sweep) = (host, system, sweep);

    public ActorSystem System { get; }

    public IActorRef Sweep { get; }

    /// <param name="memory">Of what is stored.</param>
    public static async Task<BenchNode> StartAsync(HistoryStore store, SweepMemory memory, SweepId id)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAkka("bench", akka => HistoryStore.Add(
            akka.AddHocon("akka.loglevel = WARNING, akka.stdout-loglevel = WARNING, akka.log-dead-letters = off", HoconAddMode.Prepend), store));
        var host = builder.Build();
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();
        var decisions = new SweepDecisions(Sampler.Create(memory.State.Definition));
        var opening = new CheckLimits(BenchSweep.Start);
        var sweep = system.ActorOf(Props.Create(() => new SweepActor(
            new StoredHistory(store, id), memory, decisions, opening, "/run", new AlwaysOurs(), new NoListener(), TimeProvider.System, SweepActor.DefaultLease, ActorRefs.Nobody)));
        return new BenchNode(host, system, sweep);
    }

    /// <summary>Waits until everything stored is known.</summary>
    public Task RecoveredAsync() => Sweep.Ask<int>(new SweepActor.CountWorkers(), TimeSpan.FromMinutes(10));

    public Task StopSweepAsync() => Sweep.GracefulStop(TimeSpan.FromMinutes(1));

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
