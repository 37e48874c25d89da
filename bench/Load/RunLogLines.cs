using System.Text.Json;
using Sweep.Tests.Processes;

namespace Sweep.Bench.Load;

/// <summary>An attempt began on a worker.</summary>
internal sealed record AttemptStart(DateTimeOffset At, int Trial, int Number, string Worker, int RecordedEpochs);

internal static class RunExtensions
{
    public static int CompletedTrials(this TemporaryRun run) => run.Trials().Count(trial => trial.GetProperty("outcome").GetString() == "completed");
}

/// <summary>What <c>run.log</c> tells of who trained what.</summary>
internal static class RunLogLines
{
    public static IReadOnlyList<AttemptStart> Starts(string folder)
    {
        var starts = new List<AttemptStart>();
        foreach (var line in Lines(folder).Where(line => line.Contains("started on {Worker}", StringComparison.Ordinal)))
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var attempt = root.GetProperty("Attempt").GetString()!.Split('.');
            starts.Add(new AttemptStart(
                root.GetProperty("@t").GetDateTimeOffset(), int.Parse(attempt[0]), int.Parse(attempt[1]), root.GetProperty("Worker").GetString()!,
                root.GetProperty("Epochs").GetInt32()));
        }
        return starts;
    }

    private static IEnumerable<string> Lines(string folder)
    {
        using var reader = new StreamReader(new FileStream(Path.Combine(folder, "run.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line) yield return line;
    }
}
