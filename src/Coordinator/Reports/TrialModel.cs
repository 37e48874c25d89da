using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary>A trial's model in the run folder: <c>trials/&lt;n&gt;/best.safetensors</c>, which the worker wrote into its attempt's folder.</summary>
public static class TrialModel
{
    /// <summary>
    /// Moves the model of the newest attempt that kept one to the trial; models of older attempts go. Nothing where there is none:
    /// no epoch was trained, or the worker could not reach the run folder.
    /// </summary>
    public static void Keep(string runFolder, TrialState trial)
    {
        AttemptFolder[] attempts = [.. new AttemptFolder(runFolder, new AttemptId(default, trial.Id, trial.AttemptNumber)).AndEarlier()];
        var kept = attempts.Where(attempt => File.Exists(attempt.BestModel)).ToList();
        if (kept.Count > 0) File.Move(kept[0].BestModel, AttemptFolder.BestModelOf(runFolder, trial.Id), overwrite: true);
        foreach (var older in kept.Skip(1)) File.Delete(older.BestModel);
        foreach (var attempt in attempts) DeleteIfEmpty(attempt.Path);
        DeleteIfEmpty(Path.Combine(AttemptFolder.TrialIn(runFolder, trial.Id), "attempts"));
    }

    /// <summary>What else attempts keep is not this class's affair.</summary>
    private static void DeleteIfEmpty(string folder)
    {
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
    }
}
