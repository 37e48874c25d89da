using System.Net;
using Akka;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Event;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog;
using Serilog.Events;
using Sweep.Shared.Protocol;
using Sweep.Shared.Wire;

namespace Sweep.Shared;

/// <summary>
/// One node; the same for both programs but for role and actors. A coordinator is a member of a cluster. Workers stand at its edge: they
/// connect to coordinators and to nobody else, and no coordinator learns of them but by what they say.
/// </summary>
/// <param name="Role">One of <see cref="ClusterNames"/>' roles.</param>
/// <param name="Listen">Where this node listens, and under which others know it; port 0 takes a free one.</param>
/// <param name="Certificate">Encrypts connections, and lets in whom its authority signed for; null for neither.</param>
public sealed record ClusterNode(string Role, HostAndPort Listen, NodeCertificate? Certificate)
{
    /// <summary>
    /// Silence: a connection on which nothing comes for some 12 s is given up, and made anew by whoever has something to say.
    /// Gate: a coordinator that begins to listen is found within a second by workers that were refused before.
    /// Frames: the largest messages are a few kilobytes.
    /// </summary>
    private const string Hocon = """
        akka.loglevel = INFO
        akka.stdout-logger-class = "Sweep.Shared.SilentLogger, Sweep.Shared"
        akka.log-dead-letters = off
        akka.log-dead-letters-during-shutdown = off
        akka.remote.dot-netty.tcp.connection-timeout = 5 s
        akka.remote.retry-gate-closed-for = 1 s
        akka.remote.dot-netty.tcp.maximum-frame-size = 128000b
        akka.remote.transport-failure-detector { heartbeat-interval = 4 s, acceptable-heartbeat-pause = 8 s }
        akka.cluster.log-info = off
        akka.coordinated-shutdown {
          exit-clr = off
          run-by-clr-shutdown-hook = off
          phases.before-service-unbind.timeout = 20 d
          phases.before-cluster-shutdown.timeout = 25 s
        }
        """;

    /// <summary>A host that runs this node; not started yet. It stops by itself when its actor system does.</summary>
    /// <param name="actors">Adds serializers, persistence and actors.</param>
    public IHost Build(ILogger logger, Action<AkkaConfigurationBuilder> actors)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = ClusterNames.ActorSystem });
        var wireLog = new WireLog(logger, TimeProvider.System);
        builder.Services.AddSerilog(new LoggerConfiguration().MinimumLevel.Override("Microsoft", LogEventLevel.Warning).WriteTo.Sink(wireLog).CreateLogger(), dispose: true);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddAkka(ClusterNames.ActorSystem, (akka, services) =>
        {
            akka.ConfigureLoggers(loggers =>
                {
                    loggers.ClearLoggers();
                    loggers.AddLoggerFactory();
                })
                .WithRemoting(new RemoteOptions
                {
                    HostName = Listen.BindHost,
                    PublicHostName = Listen.Host,
                    Port = Listen.Port,
                    EnableSsl = Certificate is not null,
                    Ssl = Tls(wireLog)!,
                })
                .WithClosedWorld()
                .AddHocon(Hocon, HoconAddMode.Prepend)
                .AddStartup((system, _) => HoldShutdown(system, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping));
            if (IsMember) akka.WithClustering(new ClusterOptions { Roles = [Role] });
            actors(akka);
        });
        return builder.Build();
    }

    /// <summary>Of a node that listens there, and whose connections are protected as this one's are.</summary>
    public Address AddressOf(HostAndPort node) => new($"akka.{(Certificate is null ? "" : "ssl.")}tcp", ClusterNames.ActorSystem, node.Host, node.Port);

    private bool IsMember => Role == ClusterNames.CoordinatorRole;

    private SslOptions? Tls(WireLog wireLog) => Certificate is null ? null : new SslOptions
    {
        X509Certificate = Certificate.Certificate,
        RequireMutualAuthentication = true,
        CustomValidator = (certificate, _, peer, _, _) =>
        {
            if (Certificate.Refusal(certificate, TimeProvider.System.GetUtcNow()) is not { } refusal) return true;
            wireLog.Refused(peer, refusal);
            return false;
        },
    };

    /// <summary>
    /// Akka ends a node with which a peer that it calls cannot agree on TLS. A worker that dies at the wrong moment would so end
    /// the sweep: the shutdown is held in its first phase until the node is to stop, or has been removed from its cluster.
    /// </summary>
    private void HoldShutdown(ActorSystem system, CancellationToken stopping)
    {
        var released = new TaskCompletionSource<Done>(TaskCreationOptions.RunContinuationsAsynchronously);
        stopping.Register(() => released.TrySetResult(Done.Instance));
        if (IsMember) Akka.Cluster.Cluster.Get(system).RegisterOnMemberRemoved(() => released.TrySetResult(Done.Instance));
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "hold", () =>
            shutdown.ShutdownReason?.GetType().Name == WireLog.HandshakeFailure ? released.Task : Task.FromResult(Done.Instance));
    }
}

/// <summary>Takes Akka's last words, after its loggers have gone, so that they do not end up between a sweep's last lines on the console.</summary>
public sealed class SilentLogger : MinimalLogger
{
    protected override void Log(object message) { }
}

/// <summary>A host name or IPv4 address with a port.</summary>
public sealed record HostAndPort(string Host, int Port)
{
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>
    /// Where to listen for others to reach this. A name is for them, and may not be known to this machine yet, as a new pod's is: then it is all
    /// addresses.
    /// </summary>
    public string BindHost => IsLoopback || IPAddress.TryParse(Host, out _) ? Host : IPAddress.Any.ToString();

    /// <summary>Reads <c>HOST:PORT</c>; null where <paramref name="text"/> is not of that form.</summary>
    public static HostAndPort? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(text.AsSpan(colon + 1), out var port) ? new HostAndPort(text[..colon], port) : null;
    }

    public override string ToString() => $"{Host}:{Port}";
}
