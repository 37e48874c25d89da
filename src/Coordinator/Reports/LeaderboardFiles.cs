using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary>
/// The leaderboard in the run folder: <c>leaderboard.json</c>, <c>leaderboard.csv</c>, <c>leaderboard.md</c> and, where configurations
/// are repeated, <c>configurations.csv</c>.
/// </summary>
public static class LeaderboardFiles
{
    public static bool AreIn(string runFolder) => File.Exists(Path.Combine(runFolder, "leaderboard.json"));

    public static void Write(string runFolder, Leaderboard board)
    {
        Directory.CreateDirectory(runFolder);
        foreach (var (name, write) in Of(board)) AtomicFile.Write(Path.Combine(runFolder, name), write);
    }

    /// <summary>The files by name, each with what writes it.</summary>
    public static IEnumerable<(string Name, Action<Stream> Write)> Of(Leaderboard board)
    {
        yield return ("leaderboard.json", stream => LeaderboardJson.Write(stream, board));
        yield return ("leaderboard.csv", stream => LeaderboardCsv.Write(stream, board));
        yield return ("leaderboard.md", stream => LeaderboardMarkdown.Write(stream, board));
        if (!board.Configurations.IsEmpty) yield return ("configurations.csv", stream => ConfigurationsCsv.Write(stream, board));
    }
}
