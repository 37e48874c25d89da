using System.Text.Json;
using Sweep.Shared;

namespace Sweep.Coordinator.Api;

/// <summary>Lines of the coordinator's and the local workers' logs that tell of one trial.</summary>
internal static class TrialLog
{
    /// <summary>The newest <paramref name="most"/> of them, by time.</summary>
    public static LogDocument Read(RunFolder folder, TrialId trial, int most)
    {
        var lines = new List<LogLine>();
        var isCut = false;
        foreach (var file in Directory.EnumerateFiles(folder.Path, "*.log").Order())
        {
            var newest = new Queue<LogLine>();
            foreach (var line in LinesIn(file, trial))
            {
                newest.Enqueue(line);
                if (newest.Count <= most) continue;
                newest.Dequeue();
                isCut = true;
            }
            lines.AddRange(newest);
        }
        var sorted = lines.OrderBy(line => line.At).ToList();
        return new LogDocument(trial.Number, isCut || sorted.Count > most, [.. sorted.TakeLast(most)]);
    }

    private static IEnumerable<LogLine> LinesIn(string file, TrialId trial)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        string[] signs = [$"\"Trial\":{trial.Number},", $"\"Trial\":{trial.Number}}}", $"\"Trial\":\"{trial.Number}\""];
        while (reader.ReadLine() is { } line)
            if (signs.Any(sign => line.Contains(sign, StringComparison.Ordinal)) && Parse(Path.GetFileName(file), line) is { } parsed) yield return parsed;
    }

    /// <summary>Serilog's compact format; null for a line that was torn.</summary>
    private static LogLine? Parse(string source, string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var text = Render(Text(root, "@mt") ?? "", root);
            if (Text(root, "@x") is { } exception) text += $"\n{exception}";
            return new LogLine(source, root.TryGetProperty("@t", out var at) && at.TryGetDateTimeOffset(out var time) ? time : null, Text(root, "@l"), text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The template with its properties put in; <c>@</c> and formats in it are for machines.</summary>
    private static string Render(string template, JsonElement properties)
    {
        var text = new System.Text.StringBuilder();
        for (var start = 0; start < template.Length;)
        {
            var open = template.IndexOf('{', start);
            var close = open < 0 ? -1 : template.IndexOf('}', open);
            if (close < 0) return text.Append(template, start, template.Length - start).ToString();
            text.Append(template, start, open - start);
            var name = template[(open + 1)..close].TrimStart('@').Split(':', ',')[0];
            text.Append(properties.TryGetProperty(name, out var value) ? Words(value) : template[open..(close + 1)]);
            start = close + 1;
        }
        return text.ToString();
    }

    /// <summary>A report is named by its epoch: what was measured in it, its curves show.</summary>
    private static string Words(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("Epoch", out var epoch) ? $"epoch {epoch}" : value.ToString();

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.ToString() : null;
}
