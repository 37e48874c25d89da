using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Sweep.Shared.Wire;

namespace Sweep.Shared.Tests.Wire;

/// <summary>A real node on loopback, with everything that it logs.</summary>
public sealed class TestNode : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly IHost _host;
    private readonly Lines _lines = new();
    private bool _isDisposed;

    private TestNode(string role, HostAndPort? seed, NodeCertificate? certificate, Action<AkkaConfigurationBuilder> actors) =>
        _host = new ClusterNode(role, new HostAndPort("127.0.0.1", 0), seed is null ? [] : [seed], certificate)
            .Build(new LoggerConfiguration().WriteTo.Sink(_lines).CreateLogger(), actors);

    public ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    public Cluster Cluster => Cluster.Get(System);

    public HostAndPort Address => new(Cluster.SelfAddress.Host!, Cluster.SelfAddress.Port!.Value);

    public IReadOnlyList<string> Log => _lines.All;

    public static async Task<TestNode> CoordinatorAsync(NodeCertificate? certificate, Action<AkkaConfigurationBuilder>? actors = null)
    {
        var node = new TestNode(ClusterNames.CoordinatorRole, null, certificate, actors ?? (_ => { }));
        await node._host.StartAsync();
        await node.Cluster.JoinAsync(node.Cluster.SelfAddress);
        return node;
    }

    public static async Task<TestNode> WorkerAsync(HostAndPort seed, NodeCertificate? certificate)
    {
        var node = new TestNode(ClusterNames.WorkerRole, seed, certificate, _ => { });
        await node._host.StartAsync();
        return node;
    }

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
