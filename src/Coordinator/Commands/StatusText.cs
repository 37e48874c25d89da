using System.Text;
using System.Text.Json;
using Spectre.Console;
using Sweep.Coordinator.Reports;

namespace Sweep.Coordinator.Commands;

/// <summary>A sweep at a glance, in words.</summary>
internal static class StatusText
{
    public static string Of(JsonElement sweep, bool isLive)
    {
        var (text, trials) = (new StringBuilder(), sweep.GetProperty("trials"));
        var activity = sweep.GetProperty("activity").GetString()!;
        var ending = Text(sweep, "ending") is { } how ? $" ({Words(how)})" : "";
        var asleep = !isLive && activity != "ended" ? "; no coordinator is at work on it, and coordinator --resume goes on" : "";
        text.AppendLine($"{Text(sweep, "name")}: {Words(activity)}{ending}{asleep}");
        if (Text(sweep, "question") is { } question) text.AppendLine($"  {question.ReplaceLineEndings(" ")}");
        var total = Number(sweep, "trials_total") is { } count ? $" of {count:0}" : "";
        var states = trials.EnumerateObject().Where(state => state.Name is not ("created" or "finished") && state.Value.GetInt32() > 0);
        text.AppendLine($"  trials   {trials.GetProperty("finished")}{total} finished: {string.Join(", ", states.Select(state => $"{state.Value} {Words(state.Name)}"))}");
        text.AppendLine($"  epochs   {sweep.GetProperty("epochs")}{(isLive ? $", {sweep.GetProperty("epochs_per_second").GetDouble():0.##} a second on {sweep.GetProperty("workers")} workers" : "")}");
        text.AppendLine($"  time     {Figures.Duration(sweep.GetProperty("running_seconds").GetDouble())}{Left(sweep)}");
        if (sweep.GetProperty("best") is { ValueKind: JsonValueKind.Object } best)
            text.AppendLine($"  best     trial {best.GetProperty("trial")}: {Value(sweep, Number(best, "objective"))}  {Hyperparameters(best)}");
        if (Text(sweep, "notice") is { } notice) text.AppendLine($"  notice   {notice}");
        foreach (var warning in sweep.GetProperty("warnings").EnumerateArray().Take(3)) text.AppendLine($"  warning  {Text(warning, "text")!.ReplaceLineEndings(" ")}");
        return text.ToString();
    }

    public static void WriteWorkers(JsonElement document)
    {
        foreach (var worker in document.GetProperty("workers").EnumerateArray())
        {
            var device = worker.GetProperty("device") is { ValueKind: JsonValueKind.Object } known ? $" ({Text(known, "name")})" : "";
            var work = Number(worker, "trial") is { } trial ? $"trial {trial:0}, epoch {worker.GetProperty("epoch")}/{worker.GetProperty("epochs")}" : "idle";
            AnsiConsole.Console.Write(new Text($"{Text(worker, "worker")}{device}: {work}\n"));
        }
        foreach (var worker in document.GetProperty("gone").EnumerateArray().Take(10))
            AnsiConsole.Console.Write(new Text($"{Text(worker, "worker")}: gone; it {Text(worker, "reason")}\n"));
        if (document.GetProperty("workers").GetArrayLength() + document.GetProperty("gone").GetArrayLength() == 0) Console.WriteLine("there is no worker");
    }

    internal static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    internal static double? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    internal static string Words(string name) => name.Replace('_', ' ');

    internal static string Hyperparameters(JsonElement row) =>
        string.Join(' ', row.GetProperty("hyperparameters").EnumerateObject().Select(entry => $"{entry.Name}={(entry.Value.ValueKind == JsonValueKind.Number ? $"{entry.Value.GetDouble():G4}" : entry.Value.ToString())}"));

    private static string Value(JsonElement sweep, double? value) =>
        Text(sweep.GetProperty("objective"), "metric")!.EndsWith("accuracy", StringComparison.Ordinal) ? Figures.Percent(value) : $"{value:0.0000}";

    private static string Left(JsonElement sweep) => sweep.GetProperty("time_left") is { ValueKind: JsonValueKind.Object } left
        ? $", about {Figures.Duration(left.GetProperty("seconds").GetDouble())} left ({Figures.Duration(left.GetProperty("low").GetDouble())} to {Figures.Duration(left.GetProperty("high").GetDouble())})"
        : "";
}
