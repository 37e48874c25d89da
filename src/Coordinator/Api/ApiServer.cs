using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sweep.Coordinator.Views;
using Sweep.Coordinator.WebPages;
using Sweep.Shared;
using Sweep.Shared.Status;

namespace Sweep.Coordinator.Api;

/// <summary>
/// The coordinator's HTTP API, and the dashboard on it. Whoever asks reads what views have put down; whoever changes something gives an order to
/// the sweep, and is answered when it is stored.
/// </summary>
public sealed class ApiServer : IAsyncDisposable
{
    public const string Root = "/api/v1";

    public const string DocumentPath = $"{Root}/openapi.json";

    private const int MostConnections = 256;
    private const int MostBodyBytes = 1 << 20;
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(1);

    private readonly WebApplication _app;
    private readonly ApiSecurity _security;

    private ApiServer(WebApplication app, ApiSecurity security) => (_app, _security) = (app, security);

    /// <summary>Where it listens: <c>http://127.0.0.1:8080</c>.</summary>
    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>Names this server, so that it is not taken for another one at the same address.</summary>
    public Guid Instance { get; private init; }

    /// <summary>What to show to change something; null where nothing is asked for.</summary>
    public string? Token => _security.Token;

    /// <param name="listen">Port 0 takes a free one.</param>
    /// <exception cref="IOException">Nobody can listen there; the message says why, and what to do.</exception>
    public static async Task<ApiServer> StartAsync(HostAndPort listen, string? token, SweepViews views, TimeProvider time)
    {
        var instance = Guid.NewGuid();
        try
        {
            var security = new ApiSecurity(listen, token);
            var app = BareWebHost.Build(await BareWebHost.AddressesOfAsync(listen.Host), listen.Port, MostConnections, MostBodyBytes, services =>
            {
                services.AddOpenApi("v1", OpenApiFacts.Describe);
                services.Configure<JsonOptions>(json => ApiJson.Configure(json.SerializerOptions));
                services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
            });
            app.Use(ApiProblem.AnswerAsync);
            app.Use(security.CheckAsync);
            app.UseRouting();
            app.MapOpenApi(DocumentPath);
            var api = app.MapGroup(Root);
            api.MapGet("", () => new ApiDocument(instance, ProgramVersion.Released, Environment.ProcessId, security.Token is not null)).WithSummary("Which coordinator this is.");
            new ReadEndpoints(views, time).Map(api);
            new OrderEndpoints(views).Map(api);
            new AskEndpoints(views).Map(api);
            app.MapDashboard();
            await app.StartAsync();
            return new ApiServer(app, security) { Instance = instance };
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new IOException($"--dashboard {listen}: cannot listen there ({exception.Message}); give an address of this machine and a free port", exception);
        }
    }

    /// <summary>Answers under way are not waited for long: whoever reads slowly must not hold up the end.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(CloseLimit);
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }
}

/// <param name="Instance">Differs from server to server.</param>
/// <param name="NeedsToken">To change something; reading is free.</param>
public sealed record ApiDocument(Guid Instance, string Program, int Process, bool NeedsToken);
