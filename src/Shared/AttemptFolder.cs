namespace Sweep.Shared;

/// <summary>
/// Where an attempt keeps its files: a folder of its own within the run folder, so that an attempt that lost its trial cannot
/// touch what its successor writes. Workers on other machines reach it where the run folder is on shared storage.
/// </summary>
/// <param name="Storage">The run folder.</param>
public sealed record AttemptFolder(string Storage, AttemptId Attempt)
{
    /// <summary><c>trials/7</c>.</summary>
    public string Trial => TrialIn(Storage, Attempt.Trial);

    /// <summary><c>trials/7/attempts/2</c>.</summary>
    public string Path => System.IO.Path.Combine(Trial, AttemptsName, Attempt.Number.ToString());

    /// <summary>The model of the attempt's best epoch so far, written by the worker; the coordinator moves the trial's to <see cref="BestModelOf"/>.</summary>
    public string BestModel => System.IO.Path.Combine(Path, BestModelName);

    /// <summary><c>trials/7/attempts/2/checkpoints</c>: the attempt's newest two, written by the worker; the coordinator deletes them with <see cref="DeleteCheckpointsOf"/>.</summary>
    public string Checkpoints => System.IO.Path.Combine(Path, CheckpointsName);

    /// <summary>This folder and those of the trial's earlier attempts, newest first, whether they are there or not.</summary>
    public IEnumerable<AttemptFolder> AndEarlier() =>
        Enumerable.Range(1, Attempt.Number).Reverse().Select(number => this with { Attempt = Attempt with { Number = number } });

    private const string AttemptsName = "attempts";
    private const string CheckpointsName = "checkpoints";
    private const string BestModelName = "best.safetensors";

    public static string TrialIn(string storage, TrialId trial) => System.IO.Path.Combine(storage, "trials", trial.ToString());

    /// <summary><c>trials/7/best.safetensors</c>.</summary>
    public static string BestModelOf(string storage, TrialId trial) => System.IO.Path.Combine(TrialIn(storage, trial), BestModelName);

    /// <summary>Deletes the checkpoints of all attempts of a trial that has ended; best models stay.</summary>
    public static void DeleteCheckpointsOf(string storage, TrialId trial)
    {
        var attempts = System.IO.Path.Combine(TrialIn(storage, trial), AttemptsName);
        if (!Directory.Exists(attempts)) return;
        foreach (var attempt in Directory.GetDirectories(attempts))
        {
            var checkpoints = System.IO.Path.Combine(attempt, CheckpointsName);
            if (Directory.Exists(checkpoints)) Directory.Delete(checkpoints, recursive: true);
        }
    }
}
