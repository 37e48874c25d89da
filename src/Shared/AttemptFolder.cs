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
    public string Path => System.IO.Path.Combine(Trial, "attempts", Attempt.Number.ToString());

    /// <summary>The model of the attempt's best epoch so far, written by the worker; the coordinator moves the trial's to <see cref="BestModelOf"/>.</summary>
    public string BestModel => System.IO.Path.Combine(Path, BestModelName);

    private const string BestModelName = "best.safetensors";

    public static string TrialIn(string storage, TrialId trial) => System.IO.Path.Combine(storage, "trials", trial.ToString());

    /// <summary><c>trials/7/best.safetensors</c>.</summary>
    public static string BestModelOf(string storage, TrialId trial) => System.IO.Path.Combine(TrialIn(storage, trial), BestModelName);
}
