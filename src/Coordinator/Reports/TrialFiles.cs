using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary>A trial in the run folder: <c>trials/&lt;n&gt;/epochs.csv</c> and, where an epoch was reported, <c>best.safetensors</c> and perhaps <c>curves.png</c>.</summary>
public static class TrialFiles
{
    /// <summary>Whether all that <see cref="Write"/> writes is there and not empty, and nothing that it clears away.</summary>
    public static bool AreWhole(string runFolder, TrialState trial)
    {
        var folder = AttemptFolder.TrialIn(runFolder, trial.Id);
        return new FileInfo(Path.Combine(folder, "epochs.csv")) is { Exists: true, Length: > 0 } && !Directory.Exists(Path.Combine(folder, "attempts"));
    }

    /// <summary>To be called when the trial has ended, and off any actor: it waits for the disk.</summary>
    public static void Write(string runFolder, TrialState trial)
    {
        var folder = AttemptFolder.TrialIn(runFolder, trial.Id);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, "epochs.csv"), stream => EpochsCsv.Write(stream, trial.Reports), isDurable: false);
        TrialModel.Keep(runFolder, trial);
    }

    /// <summary>Whether the trial has curves, and no picture of them.</summary>
    public static bool IsUndrawn(string runFolder, TrialState trial) => !trial.Reports.IsEmpty && !File.Exists(PictureOf(runFolder, trial));

    /// <summary>Takes as long as the files of a hundred trials. The trial's folder must be there.</summary>
    public static void Draw(string runFolder, TrialState trial) =>
        AtomicFile.Write(PictureOf(runFolder, trial), stream => CurvesPlot.Write(stream, trial), isDurable: false);

    private static string PictureOf(string runFolder, TrialState trial) => Path.Combine(AttemptFolder.TrialIn(runFolder, trial.Id), "curves.png");
}
