using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Spectre.Console;
using Sweep.Coordinator.Api;
using Sweep.Coordinator.Displays;

namespace Sweep.Coordinator.Commands;

/// <summary><c>watch</c>: a sweep until it ends, as its coordinator shows it: a picture on a terminal, a line a change elsewhere.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var (command, run, target, json) = SweepCommands.About("watch", "Shows how a sweep is doing until it ends; with --json, one object a line. Example: coordinator watch runs/a");
        command.SetAction((parsed, cancellation) => SweepCommands.GuardAsync(async () =>
        {
            await using var sweep = await target.OpenAsync(parsed, parsed.GetValue(run));
            if (parsed.GetValue(json)) await WriteChangesAsync(sweep, document => JsonSerializer.Serialize(document), cancellation);
            else if (ConsoleProgress.IsTerminal(AnsiConsole.Console)) await DrawAsync(sweep, AnsiConsole.Console, cancellation);
            else await WriteChangesAsync(sweep, document => ProgressSentences.State(document.Deserialize(LenientApiJson.Context.SweepDocument)!), cancellation);
        }));
        return command;
    }

    private static async Task WriteChangesAsync(SweepClient sweep, Func<JsonElement, string> line, CancellationToken cancellation)
    {
        var written = -1L;
        await foreach (var document in StatesAsync(sweep, cancellation))
        {
            if (NumberOf(document) != written) Console.WriteLine(line(document));
            written = NumberOf(document);
        }
    }

    private static async Task DrawAsync(SweepClient sweep, IAnsiConsole console, CancellationToken cancellation)
    {
        SweepGlance? newest = null;
        JsonElement last = default;
        await using (var progress = ConsoleProgress.For(console, [""], TimeProvider.System))
        {
            progress[0].Follow(() => newest);
            await foreach (var document in StatesAsync(sweep, cancellation))
                if (await TryAsync(() => sweep.GlanceAsync(last = document)) is { } glance) newest = glance;
        }
        Console.Write(StatusText.Of(last, sweep.IsLive));
    }

    /// <summary>The sweep every second until it has ended. A coordinator that is gone has ended or will be resumed: either way there is nothing to watch.</summary>
    private static async IAsyncEnumerable<JsonElement> StatesAsync(SweepClient sweep, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var document = await sweep.GetAsync("");
        while (true)
        {
            yield return document;
            if (!sweep.IsLive || document.GetProperty("activity").GetString() == "ended") yield break;
            await Task.Delay(Pause, cancellation);
            if (await TryAsync(async () => (JsonElement?)await sweep.GetAsync("")) is not { } next) yield break;
            document = next;
        }
    }

    private static async Task<T?> TryAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (IOException)
        {
            return default;
        }
    }

    private static long NumberOf(JsonElement document) => document.GetProperty("number").GetInt64();
}
