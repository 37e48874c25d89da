using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Sweep.Coordinator.SweepReports;

/// <summary>What a run's log says of where it ran. Nothing of it decides anything, and a log may be incomplete.</summary>
/// <param name="Programs">Versions of the coordinators that were at work, oldest first.</param>
/// <param name="Machines">Where they ran.</param>
/// <param name="Devices">What workers trained on, each with how many workers.</param>
/// <param name="LocalWorkers">That the first coordinator started; null where the log does not say.</param>
public sealed record RunFacts(ImmutableArray<string> Programs, ImmutableArray<string> Machines, ImmutableArray<(string Device, int Workers)> Devices, int? LocalWorkers)
{
    public static readonly RunFacts None = new([], [], [], null);

    /// <summary>The line of the log from which <see cref="Read"/> knows where a coordinator runs.</summary>
    public const string StartLine = "Coordinator {Program} starts {LocalWorkers} workers of its own on {Machine}";

    /// <param name="log"><c>run.log</c>; it need not be there.</param>
    public static RunFacts Read(string log)
    {
        if (!File.Exists(log)) return None;
        using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return Of(Lines(reader));
    }

    public static RunFacts Of(IEnumerable<string> lines)
    {
        var (programs, machines, devices, workers) = (new List<string>(), new List<string>(), new Dictionary<string, string>(), (int?)null);
        foreach (var line in lines)
        {
            if (!line.Contains("\"Machine\":", StringComparison.Ordinal) && !line.Contains("\"Device\":", StringComparison.Ordinal)) continue;
            if (Parsed(line) is not { } entry) continue;
            if (Text(entry, "Program") is { } program && !programs.Contains(program)) programs.Add(program);
            if (Text(entry, "Machine") is { } machine && !machines.Contains(machine)) machines.Add(machine);
            if (entry.TryGetProperty(nameof(LocalWorkers), out var count) && count.TryGetInt32(out var number)) workers ??= number;
            if (Text(entry, "Device") is { } device && Text(entry, "Worker") is { } worker) devices[worker] = device;
        }
        return new RunFacts([.. programs], [.. machines], [.. devices.Values.CountBy(device => device).Select(count => (count.Key, count.Value))], workers);
    }

    /// <summary>The machine that this process runs on: <c>Debian GNU/Linux 12, AMD EPYC 7B13, 2 cores, 7,900 MiB, .NET 10.0.1</c>.</summary>
    public static string ThisMachine() => string.Join(", ", new[]
    {
        RuntimeInformation.OSDescription,
        ProcessorName(),
        $"{Environment.ProcessorCount} cores",
        $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20:N0} MiB",
        RuntimeInformation.FrameworkDescription,
    }.OfType<string>());

    private static string? ProcessorName()
    {
        const string File = "/proc/cpuinfo";
        if (!System.IO.File.Exists(File)) return null;
        return System.IO.File.ReadLines(File).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
    }

    private static IEnumerable<string> Lines(StreamReader reader)
    {
        while (reader.ReadLine() is { } line) yield return line;
    }

    private static JsonElement? Parsed(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // Torn by the end of the process that wrote it.
            return null;
        }
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
