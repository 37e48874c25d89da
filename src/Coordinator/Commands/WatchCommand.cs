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
        var command = ApiCommand.OfRun("watch", "Shows how a sweep is doing until it ends; with --json, one object a line. Example: coordinator watch runs/a");
        return command.Does((parsed, sweep, cancellation) =>
            command.AsksForJson(parsed) ? WriteChangesAsync(sweep, document => JsonSerializer.Serialize(document), cancellation)
            : ConsoleProgress.IsTerminal(AnsiConsole.Console) ? DrawAsync(sweep, AnsiConsole.Console, cancellation)
            : WriteChangesAsync(sweep, document => ProgressSentences.State(Sweep(document)), cancellation));
    }

    private static async Task WriteChangesAsync(SweepClient sweep, Func<JsonElement, string> line, CancellationToken cancellation)
    {
        var written = -1L;
        await foreach (var document in StatesAsync(sweep, cancellation))
        {
            var number = Sweep(document).Number;
            if (number != written) Console.WriteLine(line(document));
            written = number;
        }
    }

    private static async Task DrawAsync(SweepClient sweep, IAnsiConsole console, CancellationToken cancellation)
    {
        SweepGlance? newest = null;
        SweepDocument? last = null;
        await using (var progress = ConsoleProgress.For(console, [""], TimeProvider.System))
        {
            progress[0].Follow(() => newest);
            await foreach (var document in StatesAsync(sweep, cancellation))
                newest = await TryAsync(() => sweep.GlanceAsync(last = Sweep(document))) ?? newest;
        }
        if (last is not null) StatusText.Write(console, last, sweep.IsLive);
    }

    /// <summary>The sweep every second until it has ended. A coordinator that is gone has ended or will be resumed: either way there is nothing to watch.</summary>
    private static async IAsyncEnumerable<JsonElement> StatesAsync(SweepClient sweep, [EnumeratorCancellation] CancellationToken cancellation)
    {
        JsonElement? document = await sweep.GetAsync("");
        while (document is { } state)
        {
            yield return state;
            if (!sweep.IsLive || Sweep(state).Activity == SweepActivity.Ended) yield break;
            await Task.Delay(Pause, cancellation);
            document = await TryAsync(async () => (JsonElement?)await sweep.GetAsync(""));
        }
    }

    private static SweepDocument Sweep(JsonElement document) => document.Deserialize(LenientApiJson.Context.SweepDocument)!;

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
}
