using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary>A trial in the run folder: <c>trials/&lt;n&gt;/epochs.csv</c> and, where an epoch was reported, <c>curves.png</c> and <c>best.safetensors</c>.</summary>
public static class TrialFiles
{
    /// <summary>Whether all that <see cref="Write"/> writes is there, and nothing that it clears away.</summary>
    public static bool AreWhole(string runFolder, TrialState trial)
    {
        var folder = AttemptFolder.TrialIn(runFolder, trial.Id);
        string[] files = trial.Reports.IsEmpty ? ["epochs.csv"] : ["epochs.csv", "curves.png"];
        return files.All(file => File.Exists(Path.Combine(folder, file))) && !Directory.Exists(Path.Combine(folder, "attempts"));
    }

    /// <summary>To be called when the trial has ended, and off any actor: it draws and waits for the disk.</summary>
    public static void Write(string runFolder, TrialState trial)
    {
        var folder = AttemptFolder.TrialIn(runFolder, trial.Id);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, "epochs.csv"), stream => EpochsCsv.Write(stream, trial.Reports));
        TrialModel.Keep(runFolder, trial);
        if (trial.Reports.IsEmpty) return;
        AtomicFile.Write(Path.Combine(folder, "curves.png"), stream => CurvesPlot.Write(stream, trial));
    }
}
