using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using static Sweep.Coordinator.Commands.StatusText;

namespace Sweep.Coordinator.Commands;

/// <summary><c>watch</c>: a sweep's state until it ends, redrawn on a terminal, a line a change elsewhere.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var (command, run, target, json) = SweepCommands.About("watch", "Shows how a sweep is doing until it ends; with --json, one object a line. Example: coordinator watch runs/a");
        command.SetAction((parsed, cancellation) => SweepCommands.GuardAsync(async () =>
        {
            await using var sweep = await target.OpenAsync(parsed, parsed.GetValue(run));
            if (parsed.GetValue(json)) await FollowAsync(sweep, document => Console.WriteLine(JsonSerializer.Serialize(document)), cancellation);
            else if (AnsiConsole.Profile.Capabilities.Ansi && AnsiConsole.Profile.Out.IsTerminal)
                await AnsiConsole.Live(new Text("")).StartAsync(live => FollowAsync(sweep, document => live.UpdateTarget(Picture(document, sweep.IsLive)), cancellation));
            else await FollowAsync(sweep, document => Console.WriteLine(Line(document)), cancellation);
        }));
        return command;
    }

    /// <summary>Shows every state that differs from the one before. A coordinator that is gone has ended or will be resumed: either way there is nothing to watch.</summary>
    private static async Task FollowAsync(SweepClient sweep, Action<JsonElement> show, CancellationToken cancellation)
    {
        var number = -1L;
        while (true)
        {
            JsonElement document;
            try
            {
                document = await sweep.GetAsync("");
            }
            catch (IOException) when (number >= 0)
            {
                return;
            }
            if (document.GetProperty("number").GetInt64() is var newest && newest != number) show(document);
            number = newest;
            if (!sweep.IsLive || document.GetProperty("activity").GetString() == "ended") return;
            await Task.Delay(Pause, cancellation);
        }
    }

    private static Paragraph Picture(JsonElement document, bool isLive) => new(Of(document, isLive).TrimEnd()) { Overflow = Overflow.Ellipsis };

    private static string Line(JsonElement document)
    {
        var trials = document.GetProperty("trials");
        var best = document.GetProperty("best") is { ValueKind: JsonValueKind.Object } row ? $"; best trial {row.GetProperty("trial")} at {Number(row, "objective"):0.####}" : "";
        return $"{trials.GetProperty("finished")} finished, {trials.GetProperty("running")} running, {trials.GetProperty("waiting")} waiting, {document.GetProperty("epochs")} epochs{best}";
    }
}
