using System.CommandLine;
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator.Api;

/// <summary>The options about the API and the dashboard on it.</summary>
public sealed class DashboardOptions
{
    private readonly Option<string> _listen = new("--dashboard")
    {
        Description = "Serve dashboard and API there (default: loopback, a free port)",
        HelpName = "HOST:PORT",
        DefaultValueFactory = _ => "127.0.0.1:0",
    };

    private readonly Option<bool> _none = new("--no-dashboard") { Description = "Serve neither" };

    private readonly Option<string?> _token = new("--dashboard-token")
    {
        Description = "Whoever changes something must show what this file holds (default beyond loopback: a token that is made up and printed)",
        HelpName = "FILE",
    };

    public DashboardOptions()
    {
        _listen.Validators.Add(result =>
        {
            if (HostAndPort.Parse(result.GetValueOrDefault<string>()) is null) result.AddError("--dashboard: give HOST:PORT, for example --dashboard 127.0.0.1:8080");
        });
        _none.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<bool>() && (result.GetResult(_listen) is { Implicit: false } || result.GetResult(_token) is not null))
                result.AddError("--no-dashboard: leave out --dashboard and --dashboard-token with it");
        });
    }

    public IEnumerable<Option> All => [_listen, _none, _token];

    /// <summary>Null where nothing is served.</summary>
    /// <exception cref="IOException">Nobody can listen there, or the token cannot be read; the message says what to do.</exception>
    public async Task<ApiServer?> StartAsync(ParseResult parsed, SweepViews views)
    {
        if (parsed.GetValue(_none)) return null;
        var listen = HostAndPort.Parse(parsed.GetValue(_listen)!)!;
        var token = parsed.GetValue(_token) is { } file ? ReadToken(file) : listen.IsLoopback ? null : ApiSecurity.NewToken();
        var server = await ApiServer.StartAsync(listen, token, views, TimeProvider.System);
        if (token is not null && parsed.GetValue(_token) is null) Console.WriteLine($"to change something from elsewhere, show this token: {token}");
        return server;
    }

    private static string ReadToken(string file)
    {
        const int Least = 16;
        try
        {
            var token = File.ReadAllText(file).Trim();
            return token.Length >= Least && token.All(char.IsAsciiLetterOrDigit)
                ? token
                : throw new IOException($"--dashboard-token {file}: give at least {Least} letters and digits, for example those of `openssl rand -hex 32`");
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"--dashboard-token {file}: cannot be read ({exception.Message})", exception);
        }
    }
}
