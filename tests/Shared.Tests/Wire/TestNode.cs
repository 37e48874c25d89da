using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Sweep.Shared.Protocol;
using Sweep.Shared.Wire;

namespace Sweep.Shared.Tests.Wire;

/// <summary>A real node on loopback, with everything that it logs.</summary>
public sealed class TestNode : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly IHost _host;
    private readonly Lines _lines = new();
    private readonly ConcurrentDictionary<Address, bool> _heard = [];
    private bool _isDisposed;

    private TestNode(string role, HostAndPort listen, NodeCertificate? certificate, HostAndPort? coordinator)
    {
        var node = new ClusterNode(role, listen, certificate);
        _host = node.Build(new LoggerConfiguration().WriteTo.Sink(_lines).CreateLogger(), akka => akka.WithActors((system, _) => system.ActorOf(
            coordinator is null
                ? Props.Create(() => new Answering(_heard))
                : Props.Create(() => new Asking(new RootActorPath(node.AddressOf(coordinator)) / ClusterNames.SweepActorPath, _heard)),
            coordinator is null ? ClusterNames.SweepActor : ClusterNames.WorkerActor)));
    }

    public ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    public HostAndPort Address => new(Own.Host!, Own.Port!.Value);

    public IReadOnlyList<string> Log => _lines.All;

    /// <summary>The nodes from which a word of the protocol came.</summary>
    public IEnumerable<HostAndPort> Heard => _heard.Keys.Select(address => new HostAndPort(address.Host!, address.Port!.Value));

    private Address Own => ((ExtendedActorSystem)System).Provider.DefaultAddress;

    /// <summary>Answers every worker that asks.</summary>
    public static async Task<TestNode> CoordinatorAsync(NodeCertificate? certificate)
    {
        var node = new TestNode(ClusterNames.CoordinatorRole, new HostAndPort("127.0.0.1", 0), certificate, null);
        await node._host.StartAsync();
        return node;
    }

    /// <summary>Asks the coordinator for work, again and again.</summary>
    /// <param name="host">Under which it says that it can be reached.</param>
    public static async Task<TestNode> WorkerAsync(HostAndPort coordinator, NodeCertificate? certificate, string host = "127.0.0.1")
    {
        var node = new TestNode(ClusterNames.WorkerRole, new HostAndPort(host, 0), certificate, coordinator);
        await node._host.StartAsync();
        return node;
    }

    /// <summary>Waits until a word of the protocol has come from <paramref name="other"/>.</summary>
    public Task HearsAsync(TestNode other) => UntilAsync(() => Heard.Contains(other.Address), () => string.Join('\n', Log));

    public static async Task UntilAsync(Func<bool> condition, Func<string> otherwise)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            while (!condition()) await poll.WaitForNextTickAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail(otherwise());
        }
    }

    public Task LineAsync(string text) =>
        UntilAsync(() => Log.Any(line => line.Contains(text, StringComparison.Ordinal)), () => $"no line with '{text}' in\n{string.Join('\n', Log)}");

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        await _host.StopAsync();
        _host.Dispose();
    }

    private sealed class Answering : ReceiveActor
    {
        public Answering(ConcurrentDictionary<Address, bool> heard) => Receive<WorkerAvailable>(available =>
        {
            heard[Sender.Path.Address] = true;
            Sender.Tell(new WorkerNoted(available.Worker));
        });
    }

    private sealed class Asking : ReceiveActor, IWithTimers
    {
        private static readonly WorkerAvailable Question = new(new WorkerId("w#1"), new DeviceDescription("CPU, 1 thread", 1, 1 << 30), null);

        public Asking(ActorPath sweep, ConcurrentDictionary<Address, bool> heard)
        {
            Receive<WorkerAvailable>(question => Context.ActorSelection(sweep).Tell(question));
            Receive<WorkerNoted>(_ => heard[Sender.Path.Address] = true);
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartPeriodicTimer("ask", Question, TimeSpan.FromMilliseconds(100));
    }

    private sealed class Lines : ILogEventSink
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> All
        {
            get
            {
                lock (_lines) return [.. _lines];
            }
        }

        public void Emit(LogEvent logEvent)
        {
            lock (_lines) _lines.Add($"{logEvent.Level} {logEvent.RenderMessage()}{(logEvent.Exception is { } exception ? $"\n{exception}" : "")}");
        }
    }
}
