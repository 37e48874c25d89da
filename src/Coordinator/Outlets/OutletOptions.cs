using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using Serilog;

namespace Sweep.Coordinator.Outlets;

/// <summary>Who else hears of a sweep.</summary>
/// <param name="TensorBoard">The folder of event files; null for none.</param>
/// <param name="Traces">The OTLP collector; null for none.</param>
public sealed record OutletSettings(string? TensorBoard, WebhookSettings? Webhook, Uri? Traces)
{
    public static readonly OutletSettings None = new(null, null, null);

    /// <summary>For one of several sweeps: what is written into a folder is in one of the sweep's name.</summary>
    public OutletSettings For(string sweep) => this with { TensorBoard = TensorBoard is null ? null : Path.Combine(TensorBoard, sweep) };

    /// <param name="seen">Number of the last event that is not news.</param>
    internal ImmutableArray<Outlet> Open(long seen, ILogger log) =>
    [
        .. TensorBoard is null ? Array.Empty<Outlet>() : [new TensorBoardOutlet(TensorBoard, seen, log)],
        .. Webhook is null ? Array.Empty<Outlet>() : [new WebhookOutlet(Webhook, seen, TimeProvider.System, log)],
        .. Traces is null ? Array.Empty<Outlet>() : [new TraceOutlet(Traces, seen, log)],
    ];
}

/// <summary>Outlets of a sweep that runs; all end together.</summary>
internal sealed record OpenOutlets(ImmutableArray<Outlet> All) : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await Task.WhenAll(All.Select(outlet => outlet.DisposeAsync().AsTask()));
}

/// <summary>The options of the command line that say so.</summary>
internal sealed class OutletOptions
{
    private readonly Option<string?> _tensorBoard = new("--tensorboard") { Description = "Write event files for TensorBoard into this folder while the sweep runs", HelpName = "DIR" };

    private readonly Option<string?> _webhook = new("--webhook") { Description = "POST events as JSON to this address", HelpName = "URL" };

    private readonly Option<string> _events = new("--webhook-events")
    {
        Description = "Which events, separated by commas, or all",
        HelpName = "NAMES",
        DefaultValueFactory = _ => string.Join(',', WebhookMessage.CommonEvents),
    };

    private readonly Option<string?> _secret = new("--webhook-secret") { Description = "A file whose content signs what is sent (HMAC-SHA256)", HelpName = "FILE" };

    private readonly Option<string?> _otlp = new("--otlp") { Description = "Send traces of sweep, trials, attempts and epochs to this OTLP collector, by HTTP", HelpName = "URL" };

    private readonly Option<string?> _logConfig = new("--log-config") { Description = "Send the log to further places, by the Serilog section of this JSON file", HelpName = "FILE" };

    public OutletOptions()
    {
        _webhook.Validators.Add(result => CheckUrl(result, "--webhook", "https://example.org/hook"));
        _otlp.Validators.Add(result => CheckUrl(result, "--otlp", "http://127.0.0.1:4318"));
        _events.Validators.Add(result =>
        {
            foreach (var name in Names(result.GetValueOrDefault<string>()).Except(WebhookMessage.EventNames))
                result.AddError($"--webhook-events: there is no event `{name}`; give {string.Join(", ", WebhookMessage.EventNames)} or all");
        });
        _secret.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } file && !(File.Exists(file) && new FileInfo(file).Length > 0))
                result.AddError($"--webhook-secret: {file} is no file, or is empty; give one that holds the secret");
        });
    }

    public IEnumerable<Option> All => [_tensorBoard, _webhook, _events, _secret, _otlp, _logConfig];

    /// <summary>The file that names further places for the log; null for none.</summary>
    public string? LogConfig(ParseResult parsed) => parsed.GetValue(_logConfig);

    public OutletSettings Read(ParseResult parsed) => new(
        parsed.GetValue(_tensorBoard),
        parsed.GetValue(_webhook) is { } url
            ? new WebhookSettings(new Uri(url), Names(parsed.GetValue(_events)!).ToHashSet(), parsed.GetValue(_secret) is { } file ? Secret(file) : null)
            : null,
        parsed.GetValue(_otlp) is { } collector ? new Uri(collector) : null);

    private static IEnumerable<string> Names(string list) =>
        list == "all" ? WebhookMessage.EventNames : list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Without the end of its last line, which editors put there.</summary>
    private static byte[] Secret(string file)
    {
        var bytes = File.ReadAllBytes(file);
        return bytes.AsSpan().TrimEnd("\r\n"u8).ToArray();
    }

    private static void CheckUrl(OptionResult result, string option, string example)
    {
        if (!Uri.TryCreate(result.GetValueOrDefault<string?>(), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            result.AddError($"{option}: give an address by http or https, for example {option} {example}");
    }
}
