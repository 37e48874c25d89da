using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sweep.Coordinator.Commands;

/// <summary>A command about one run, at work or ended: it asks the run's API, and prints what that answers, as text or as JSON.</summary>
internal sealed class ApiCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Command _command;
    private readonly Argument<string?>? _run;
    private readonly RunTarget _target = new();
    private readonly Option<bool> _json;

    private ApiCommand(string name, string description, Argument argument, string json)
    {
        (_run, _json) = (argument as Argument<string?>, new Option<bool>("--json") { Description = json });
        _command = new Command(name, description) { argument };
        foreach (var option in _target.Options) _command.Add(option);
        _command.Add(_json);
    }

    /// <summary>With <c>RUN</c> as its argument.</summary>
    public static ApiCommand OfRun(string name, string description) => new(
        name, description, new Argument<string?>("RUN") { Description = "The run folder (default: the newest in runs/)", DefaultValueFactory = _ => null }, "Print JSON");

    /// <summary>With an argument of its own; <c>--run</c> says which run.</summary>
    public static ApiCommand Of<T>(Argument<T> own, string name, string description, string json = "Print JSON") => new(name, description, own, json);

    public ApiCommand With(params IEnumerable<Option> options)
    {
        foreach (var option in options) _command.Add(option);
        return this;
    }

    /// <summary>The command, complete.</summary>
    /// <param name="print">As text.</param>
    public Command Asks(Func<ParseResult, SweepClient, Task<JsonElement>> ask, Func<Answer, Task> print) => Does(async (parsed, sweep, _) =>
    {
        var answer = new Answer(parsed, sweep, await ask(parsed, sweep));
        if (parsed.GetValue(_json)) PrintJson(answer.Json);
        else await print(answer);
    });

    public Command Asks(Func<ParseResult, SweepClient, Task<JsonElement>> ask, Action<Answer> print) => Asks(ask, answer =>
    {
        print(answer);
        return Task.CompletedTask;
    });

    /// <summary>The command, complete, where it prints by itself.</summary>
    public Command Does(Func<ParseResult, SweepClient, CancellationToken, Task> action)
    {
        _command.SetAction((parsed, cancellation) => HistoryErrors.GuardAsync(async () =>
        {
            await using var sweep = await _target.OpenAsync(parsed, _run is null ? null : parsed.GetValue(_run));
            await action(parsed, sweep, cancellation);
        }));
        return _command;
    }

    public bool AsksForJson(ParseResult parsed) => parsed.GetValue(_json);

    public static void PrintJson(JsonElement document) => Console.WriteLine(JsonSerializer.Serialize(document, Indented));
}

/// <summary>What the API has answered.</summary>
internal sealed record Answer(ParseResult Parsed, SweepClient Sweep, JsonElement Json)
{
    public T As<T>(JsonTypeInfo<T> type) => Json.Deserialize(type)!;
}
