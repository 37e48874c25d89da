using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Sweep.Shared.Status;

/// <summary>A web server from nothing: no settings file, no environment variable and no signal has a say in it.</summary>
public static class BareWebHost
{
    /// <param name="mostBodyBytes">Of a request.</param>
    public static WebApplication Build(
        IReadOnlyList<IPAddress> addresses, int port, int mostConnections, long mostBodyBytes, Action<IServiceCollection> configure)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = ClusterNames.ActorSystem });
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddRoutingCore();
        configure(builder.Services);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = mostConnections;
            kestrel.Limits.MaxRequestBodySize = mostBodyBytes;
            foreach (var address in addresses) kestrel.Listen(address, port);
        });
        return builder.Build();
    }

    public static async Task<IReadOnlyList<IPAddress>> AddressesOfAsync(string host) =>
        IPAddress.TryParse(host, out var address) ? [address] : await Dns.GetHostAddressesAsync(host, AddressFamily.InterNetwork);
}
