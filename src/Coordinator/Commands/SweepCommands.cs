using System.CommandLine;
using System.Text.Json;

namespace Sweep.Coordinator.Commands;

/// <summary>Commands about one run, at work or ended: they ask its API, and print what it says, as text or as JSON.</summary>
internal static class SweepCommands
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IEnumerable<Command> All() =>
    [
        Status(), Trials(), Show(), Workers(), WatchCommand.Create(),
        Order("stop", "Ends the sweep now; coordinator --resume RUN goes on with it. Example: coordinator stop runs/a", "stopped: coordinator --resume goes on"),
        Order("pause", "Takes workers their trials, and gives them none until the sweep is resumed. Example: coordinator pause runs/a", "paused: coordinator resume goes on"),
        Order("resume", "Goes on with a sweep that was paused. Example: coordinator resume runs/a", "the sweep goes on"),
        Extend(), Enqueue(),
    ];

    /// <summary>With <c>RUN</c> as its argument.</summary>
    internal static (Command Command, Argument<string?> Run, RunTarget Target, Option<bool> Json) About(string name, string description)
    {
        var run = new Argument<string?>("RUN") { Description = "The run folder (default: the newest in runs/)", DefaultValueFactory = _ => null };
        var (target, json) = (new RunTarget(), new Option<bool>("--json") { Description = "Print JSON" });
        var command = new Command(name, description) { run };
        AddOptions(command, target, json);
        return (command, run, target, json);
    }

    internal static void AddOptions(Command command, RunTarget target, Option<bool> json)
    {
        foreach (var option in target.Options) command.Add(option);
        command.Add(json);
    }

    /// <summary>Errors become sentences and exit codes.</summary>
    internal static async Task<int> GuardAsync(Func<Task> action)
    {
        try
        {
            await action();
            return ExitCodes.Done;
        }
        catch (OrderRefusedException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return ExitCodes.Refused;
        }
        catch (Exception exception) when (HistoryErrors.ExitCodeOf(exception) is { } exitCode)
        {
            Console.Error.WriteLine(exception.Message);
            return exitCode;
        }
    }

    internal static void PrintJson(JsonElement document) => Console.WriteLine(JsonSerializer.Serialize(document, Indented));

    private static Command Status()
    {
        var (command, run, target, json) = About("status", "How a sweep is doing. Examples: coordinator status; coordinator status runs/a --json");
        command.SetAction((parsed, _) => GuardAsync(async () =>
        {
            await using var sweep = await target.OpenAsync(parsed, parsed.GetValue(run));
            var document = await sweep.GetAsync("");
            if (parsed.GetValue(json)) PrintJson(document);
            else Console.Write(StatusText.Of(document, sweep.IsLive));
        }));
        return command;
    }

    private static Command Trials()
    {
        var (command, run, target, json) = About("trials", "A sweep's trials, best first. Example: coordinator trials runs/a --sort -gap --filter outcome=completed --filter 'learning_rate>0.01'");
        var sort = new Option<string>("--sort") { Description = "A column, downward with - in front", HelpName = "COLUMN", DefaultValueFactory = _ => "rank" };
        var filter = new Option<string[]>("--filter") { Description = "column=value, !=, <, <=, >, >=, ~ (contains), or a text to find; may be given again", HelpName = "FILTER" };
        var limit = new Option<int>("--limit") { Description = "At most so many", HelpName = "N", DefaultValueFactory = _ => 20 };
        var offset = new Option<int>("--offset") { Description = "Leave out so many", HelpName = "N" };
        foreach (var option in new Option[] { sort, filter, limit, offset }) command.Add(option);
        command.SetAction((parsed, _) => GuardAsync(async () =>
        {
            await using var sweep = await target.OpenAsync(parsed, parsed.GetValue(run));
            var filters = string.Concat((parsed.GetValue(filter) ?? []).Select(text => $"&filter={Uri.EscapeDataString(text)}"));
            var page = await sweep.GetAsync($"/trials?sort={Uri.EscapeDataString(parsed.GetValue(sort)!)}&limit={parsed.GetValue(limit)}&offset={parsed.GetValue(offset)}{filters}");
            if (parsed.GetValue(json)) PrintJson(page);
            else TrialsText.Write(page);
        }));
        return command;
    }

    private static Command Show()
    {
        var (target, json) = (new RunTarget(), new Option<bool>("--json") { Description = "Print JSON, with the epochs" });
        var trial = new Argument<int>("TRIAL") { Description = "Its number" };
        var command = new Command("show", "All about one trial: attempts, epochs, settings. Example: coordinator show 7 --run runs/a") { trial };
        AddOptions(command, target, json);
        command.SetAction((parsed, _) => GuardAsync(async () =>
        {
            await using var sweep = await target.OpenAsync(parsed);
            var (document, epochs) = (await sweep.GetAsync($"/trials/{parsed.GetValue(trial)}"), await sweep.GetAsync($"/trials/{parsed.GetValue(trial)}/epochs?points=20000"));
            if (parsed.GetValue(json)) PrintJson(JsonSerializer.SerializeToElement(new Dictionary<string, JsonElement> { ["trial"] = document, ["epochs"] = epochs.GetProperty("epochs") }));
            else TrialsText.WriteOne(document, epochs);
        }));
        return command;
    }

    private static Command Workers()
    {
        var (command, run, target, json) = About("workers", "Who trains for a sweep, and on what. Example: coordinator workers runs/a");
        command.SetAction((parsed, _) => GuardAsync(async () =>
        {
            await using var sweep = await target.OpenAsync(parsed, parsed.GetValue(run));
            var document = await sweep.GetAsync("/workers");
            if (parsed.GetValue(json)) PrintJson(document);
            else StatusText.WriteWorkers(document);
        }));
        return command;
    }

    private static Command Order(string name, string description, string done)
    {
        var (command, run, target, json) = About(name, description);
        var trial = new Option<int?>("--trial") { Description = "End this trial alone, with what it has measured", HelpName = "N" };
        if (name == "stop") command.Add(trial);
        command.SetAction((parsed, _) => GuardAsync(async () =>
        {
            await using var sweep = await target.OpenAsync(parsed, parsed.GetValue(run));
            var number = name == "stop" ? parsed.GetValue(trial) : null;
            var answer = await sweep.PostAsync(number is null ? $"/{name}" : $"/trials/{number}/stop");
            if (parsed.GetValue(json)) PrintJson(answer);
            else Console.WriteLine(number is null ? done : $"trial {number} has ended");
        }));
        return command;
    }

    private static Command Extend()
    {
        var (command, run, target, json) = About("extend", "Raises a sweep's number of trials, and its limits, while it runs. Example: coordinator extend runs/a --trials 200 --max-duration 24h");
        Option[] limits =
        [
            Raised<int?>("--trials", "N"), Raised<int?>("--max-parallel-trials", "N"), Raised<string?>("--max-duration", "TIME"), Raised<int?>("--max-epochs-total", "N"),
            Raised<int?>("--max-trials", "N"), Raised<double?>("--max-gpu-hours", "HOURS"), Raised<double?>("--target", "VALUE"), Raised<int?>("--patience-trials", "N"),
        ];
        foreach (var option in limits) command.Add(option);
        command.SetAction((parsed, _) => GuardAsync(async () =>
        {
            await using var sweep = await target.OpenAsync(parsed, parsed.GetValue(run));
            var wanted = limits.Where(option => parsed.GetResult(option) is not null)
                .ToDictionary(option => option.Name.TrimStart('-').Replace('-', '_'), option => parsed.GetResult(option)!.GetValueOrDefault<object?>());
            var answer = await sweep.PostAsync("/extend", wanted);
            if (parsed.GetValue(json)) PrintJson(answer);
            else Console.WriteLine("extended");
        }));
        return command;
    }

    private static Option<T> Raised<T>(string name, string help) => new(name) { Description = "What the sweep file is to say from now on", HelpName = help };

    private static Command Enqueue()
    {
        var (target, json) = (new RunTarget(), new Option<bool>("--json") { Description = "Print JSON" });
        var values = new Argument<string[]>("NAME=VALUE") { Description = "The hyperparameters; lists in brackets", Arity = ArgumentArity.OneOrMore };
        var command = new Command("enqueue", "Tries this configuration before anything that the sampler proposes. Example: coordinator enqueue learning_rate=0.03 'blocks=[2, 2]' --run runs/a") { values };
        AddOptions(command, target, json);
        command.SetAction((parsed, _) => GuardAsync(async () =>
        {
            await using var sweep = await target.OpenAsync(parsed);
            var answer = await sweep.PostAsync("/enqueue", new Dictionary<string, object?> { ["hyperparameters"] = parsed.GetValue(values)!.ToDictionary(NameOf, ValueOf) });
            if (parsed.GetValue(json)) PrintJson(answer);
            else Console.WriteLine($"trial {string.Join(", ", answer.GetProperty("trials").EnumerateArray())} waits for a worker");
        }));
        return command;
    }

    private static string NameOf(string pair) => pair.Split('=', 2) is [{ Length: > 0 } name, _] ? name : throw new IOException($"{pair}: give NAME=VALUE, for example learning_rate=0.03");

    /// <summary>What JSON would take for a value is one; the rest are names.</summary>
    private static JsonElement ValueOf(string pair)
    {
        var text = pair.Split('=', 2)[1];
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(text);
        }
    }
}
