using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary>A trial in the run folder: <c>trials/&lt;n&gt;/epochs.csv</c> and, where an epoch was reported, <c>curves.png</c> and <c>best.safetensors</c>.</summary>
public static class TrialFiles
{
    /// <summary>Whether <see cref="Write"/> has come to its end: the curves are last.</summary>
    public static bool AreWhole(string runFolder, TrialState trial)
    {
        var folder = AttemptFolder.TrialIn(runFolder, trial.Id);
        return !Directory.Exists(Path.Combine(folder, "attempts")) && File.Exists(Path.Combine(folder, trial.Reports.IsEmpty ? "epochs.csv" : "curves.png"));
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
