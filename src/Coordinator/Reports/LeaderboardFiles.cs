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
        AtomicFile.Write(Path.Combine(runFolder, "leaderboard.json"), stream => LeaderboardJson.Write(stream, board));
        AtomicFile.Write(Path.Combine(runFolder, "leaderboard.csv"), stream => LeaderboardCsv.Write(stream, board));
        AtomicFile.Write(Path.Combine(runFolder, "leaderboard.md"), stream => LeaderboardMarkdown.Write(stream, board));
        if (board.Configurations.IsEmpty) return;
        AtomicFile.Write(Path.Combine(runFolder, "configurations.csv"), stream => ConfigurationsCsv.Write(stream, board));
    }
}
