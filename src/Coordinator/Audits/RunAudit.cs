using System.Collections.Immutable;
using System.Text.Json;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Audits;

/// <summary>Whether the files of a run folder are what the events say.</summary>
public static class RunAudit
{
    /// <summary>What is wrong; empty where nothing is.</summary>
    public static ImmutableArray<string> ProblemsIn(RunFolder folder, SweepState state) =>
    [
        .. state.Ending is null ? [] : ProblemsWithLeaderboard(folder.Path, state),
        .. state.Trials.Where(trial => trial.Outcome is not null).SelectMany(trial => ProblemsWithTrial(folder.Path, trial)),
        .. CheckpointsIn(folder).SelectMany(ProblemsWithCheckpoint),
    ];

    /// <summary>Those of the built-in trainer; what other trainers keep is for them to judge.</summary>
    public static IEnumerable<string> CheckpointsIn(RunFolder folder)
    {
        var trials = Path.Combine(folder.Path, "trials");
        return Directory.Exists(trials) ? Directory.EnumerateFiles(trials, "e*-b*.ckpt", SearchOption.AllDirectories).Order() : [];
    }

    private static IEnumerable<string> ProblemsWithLeaderboard(string folder, SweepState state)
    {
        foreach (var (name, write) in LeaderboardFiles.Of(Leaderboard.Of(state)))
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
            {
                yield return $"{path} is missing; --resume writes it";
                continue;
            }
            var (found, due) = (File.ReadAllBytes(path), Written(write));
            if (!found.AsSpan().SequenceEqual(due))
                yield return $"{path} does not follow from the events{Rows(name, found, due)}; --resume writes it anew";
        }
    }

    private static IEnumerable<string> ProblemsWithTrial(string folder, TrialState trial)
    {
        var path = Path.Combine(AttemptFolder.TrialIn(folder, trial.Id), "epochs.csv");
        if (!File.Exists(path)) yield return $"{path} is missing; --resume writes it";
        else if (!File.ReadAllBytes(path).AsSpan().SequenceEqual(Written(stream => EpochsCsv.Write(stream, trial.Reports))))
            yield return $"{path} does not follow from the events; delete it, and --resume writes it anew";
    }

    private static IEnumerable<string> ProblemsWithCheckpoint(string path)
    {
        if (CheckpointSeal.ProblemWith(File.ReadAllBytes(path)) is { } problem) yield return $"{path}: {problem}; it will not be used";
    }

    /// <summary>Which rows differ, where that can be said.</summary>
    private static string Rows(string name, byte[] found, byte[] due)
    {
        if (!name.EndsWith(".json", StringComparison.Ordinal)) return "";
        try
        {
            var (old, rebuilt) = (RowsOf(found), RowsOf(due));
            var differing = rebuilt.Keys.Union(old.Keys)
                .Where(trial => old.GetValueOrDefault(trial) != rebuilt.GetValueOrDefault(trial)).Order().ToList();
            return differing.Count == 0 ? "" : $" (trial {string.Join(", ", differing)})";
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            return " (it cannot be read)";
        }
    }

    private static Dictionary<int, string> RowsOf(byte[] leaderboard)
    {
        using var document = JsonDocument.Parse(leaderboard);
        return document.RootElement.GetProperty("trials").EnumerateArray()
            .ToDictionary(row => row.GetProperty("trial").GetInt32(), row => row.GetRawText());
    }

    private static byte[] Written(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }
}
