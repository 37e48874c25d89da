using System.Diagnostics;
using Sweep.Coordinator;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Bench.RealSweeps;

/// <summary>What one sweep found, epoch after epoch.</summary>
/// <param name="Objective">What it goes by.</param>
/// <param name="Best">After each epoch of the sweep, in the order in which they were recorded, the best objective so far.</param>
/// <param name="Trials">That were created.</param>
internal sealed record Race(Objective Objective, IReadOnlyList<double> Best, int Trials)
{
    /// <summary>Runs the sweep with one worker, unless its folder holds it already, and reads its history.</summary>
    /// <param name="coordinator">The program.</param>
    /// <param name="runs">Where the folders of the runs are.</param>
    public static Race Of(RealSweep sweep, Pair pair, int seed, string coordinator, string runs)
    {
        var folder = Path.Combine(runs, sweep.RunOf(pair, seed));
        if (!File.Exists(Path.Combine(folder, "leaderboard.json"))) Run(sweep.SweepFile(pair, seed), folder, coordinator);
        var definition = ((SweepFileResult.Valid)SweepFileReader.Read(RunFolder.Open(folder).SweepFile)).Definition;
        var history = StoredHistory.Find(new SqliteStore(RunFolder.Open(folder).History), sweep: null)!;
        var (best, trials) = (new List<double>(), 0);
        foreach (var sweepEvent in history.EventsAfter(0))
        {
            if (sweepEvent is TrialCreated) trials++;
            if (sweepEvent is not EpochRecorded { Report: var report }) continue;
            var value = definition.Objective.Of(report);
            best.Add(best.Count > 0 && !definition.Objective.IsBetter(value, best[^1]) ? best[^1] : value);
        }
        return new Race(definition.Objective, best, trials);
    }

    public double Final => Best[^1];

    /// <summary>Epochs until the objective was as good as <paramref name="value"/>; null for never.</summary>
    public int? EpochsTo(double value)
    {
        for (var epoch = 0; epoch < Best.Count; epoch++)
            if (!Objective.IsBetter(value, Best[epoch])) return epoch + 1;
        return null;
    }

    private static void Run(string sweepFile, string folder, string coordinator)
    {
        // One that was cut short counts for nothing.
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        var file = Path.Combine(Path.GetTempPath(), $"{Path.GetFileName(folder)}.yaml");
        File.WriteAllText(file, sweepFile);
        using var process = Process.Start(new ProcessStartInfo(coordinator, ["--sweep", file, "--workers", "1", "--output", folder])
        {
            RedirectStandardOutput = true,
            // One thread, so that a run takes part of a busy machine and repeats to the bit.
            Environment = { ["DOTNET_PROCESSOR_COUNT"] = "1" },
        })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{file}: the sweep ended with {process.ExitCode}\n{output}");
    }
}
