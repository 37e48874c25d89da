using System.CommandLine;
using System.Text.Json;

namespace Sweep.Coordinator.Commands;

/// <summary><c>enqueue NAME=VALUE…</c>: a configuration to try before others.</summary>
internal static class EnqueueCommand
{
    public static Command Create()
    {
        var values = new Argument<string[]>("NAME=VALUE") { Description = "The hyperparameters; lists in brackets", Arity = ArgumentArity.OneOrMore };
        return ApiCommand
            .Of(values, "enqueue", "Tries this configuration before anything that the sampler proposes. Example: coordinator enqueue learning_rate=0.03 'blocks=[2, 2]' --run runs/a")
            .Asks(
                (parsed, sweep) => sweep.PostAsync("/enqueue", new Dictionary<string, object?> { ["hyperparameters"] = parsed.GetValue(values)!.ToDictionary(NameOf, ValueOf) }),
                answer => Console.WriteLine($"trial {string.Join(", ", answer.Json.GetProperty("trials").EnumerateArray())} waits for a worker"));
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
