using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary>A trial in the run folder: <c>trials/&lt;n&gt;/epochs.csv</c> and, where an epoch was reported, <c>curves.png</c>.</summary>
public static class TrialFiles
{
    /// <summary>To be called once, when the trial has ended, and off any actor: it draws and waits for the disk.</summary>
    public static void Write(string runFolder, TrialState trial)
    {
        var folder = Path.Combine(runFolder, "trials", trial.Id.ToString());
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, "epochs.csv"), stream => EpochsCsv.Write(stream, trial.Reports));
        if (trial.Reports.IsEmpty) return;
        AtomicFile.Write(Path.Combine(folder, "curves.png"), stream => CurvesPlot.Write(stream, trial));
    }
}
