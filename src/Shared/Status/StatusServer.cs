using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Sweep.Shared.Status;

/// <summary>
/// Metrics and health over HTTP, for scrapers and kubelets. It reads what the program has put down and asks nobody, so that however
/// often, slowly or badly somebody asks, the sweep does not notice. It cannot be told anything.
/// </summary>
public sealed class StatusServer : IAsyncDisposable
{
    public const string MetricsPath = "/metrics";

    /// <summary>The process answers.</summary>
    public const string LivePath = "/health/live";

    /// <summary>It has everything it needs to begin.</summary>
    public const string StartupPath = "/health/startup";

    /// <summary>It does what it is here for.</summary>
    public const string ReadyPath = "/health/ready";

    private const int MostConnections = 64;

    /// <summary>Of the runtime's: to Prometheus, what ends in <c>_count</c> is a part of a histogram.</summary>
    private static readonly string[] NoCounts = ["dotnet.assembly.count", "dotnet.process.cpu.count", "dotnet.timer.count"];

    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(1);

    private readonly WebApplication _app;

    private StatusServer(WebApplication app) => _app = app;

    /// <summary>Where it listens: <c>http://127.0.0.1:8080</c>.</summary>
    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <param name="listen">Port 0 takes a free one.</param>
    /// <param name="meter">Name of the program's own meter; the runtime's is shown beside it.</param>
    /// <exception cref="IOException">Nobody can listen there; the message says why, and what to do.</exception>
    public static async Task<StatusServer> StartAsync(HostAndPort listen, string meter, NodeHealth health)
    {
        try
        {
            var app = Build(listen.Port, await BareWebHost.AddressesOfAsync(listen.Host), meter);
            app.MapPrometheusScrapingEndpoint(MetricsPath);
            app.MapGet(LivePath, () => Results.Text("live"));
            app.MapGet(StartupPath, () => Answer(health.IsStarted ? null : health.Problem, "started"));
            app.MapGet(ReadyPath, () => Answer(health.Problem, "ready"));
            await app.StartAsync();
            return new StatusServer(app);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new IOException($"--http {listen}: cannot listen there ({exception.Message}); give an address of this machine and a free port", exception);
        }
    }

    /// <summary>Answers under way are not waited for long: whoever reads slowly must not hold up the end.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(CloseLimit);
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }

    private static WebApplication Build(int port, IReadOnlyList<IPAddress> addresses, string meter) =>
        BareWebHost.Build(addresses, port, MostConnections, mostBodyBytes: 0, services => services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(meter, autoGenerateServiceInstanceId: false))
            .WithMetrics(metrics => metrics
                .AddMeter(meter)
                .AddRuntimeInstrumentation()
                .AddView(instrument => NoCounts.Contains(instrument.Name) ? MetricStreamConfiguration.Drop : null)
                .AddPrometheusExporter()));

    private static IResult Answer(string? problem, string word) =>
        problem is null ? Results.Text(word) : Results.Text(problem, statusCode: StatusCodes.Status503ServiceUnavailable);
}
