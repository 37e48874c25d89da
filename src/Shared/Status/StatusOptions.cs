using System.CommandLine;

namespace Sweep.Shared.Status;

/// <summary>The options about metrics, health and logs, the same for both programs.</summary>
public sealed class StatusOptions
{
    private readonly Option<string?> _http = new("--http") { Description = "Serve metrics and health there, for reading alone", HelpName = "HOST:PORT" };
    private readonly Option<bool> _logJson = new("--log-json") { Description = "Standard output is the log, one JSON object a line, and nothing else" };

    public StatusOptions() => _http.Validators.Add(result =>
    {
        if (HostAndPort.Parse(result.GetValueOrDefault<string?>() ?? "") is null) result.AddError("--http: give HOST:PORT, for example --http 127.0.0.1:8080");
    });

    public IEnumerable<Option> All => [_http, _logJson];

    /// <summary>Where metrics and health are served; null for nowhere.</summary>
    public HostAndPort? Http(ParseResult parsed) => parsed.GetValue(_http) is { } text ? HostAndPort.Parse(text) : null;

    public bool LogJson(ParseResult parsed) => parsed.GetValue(_logJson);
}
