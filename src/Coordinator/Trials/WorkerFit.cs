using Sweep.Shared;

namespace Sweep.Coordinator.Trials;

/// <summary>Whether a trial can be trained on a worker, by the estimate of what it needs with batches cut as fine as it may cut them. Pure.</summary>
public static class WorkerFit
{
    /// <summary>
    /// So many configurations may wait for a worker that is large enough. While fewer do, a smaller worker that asks gets another one that fits; then it
    /// waits, since the sampler would else be made to propose without end what nobody can train.
    /// </summary>
    public const int MostSetAside = 8;

    /// <param name="memoryBytes">The worker's; null where nobody knows.</param>
    public static bool Fits(TrialConfiguration configuration, long? memoryBytes) => memoryBytes is not { } memory || NeedOf(configuration) <= memory;

    /// <summary>0 for trainers of which nobody knows what they need.</summary>
    public static long NeedOf(TrialConfiguration configuration) =>
        configuration is NetworkConfiguration network ? TrainingMemory.Bytes(network, TrainingMemory.MostMicroBatches(network)) : 0;

    /// <summary>Configurations that could start now and do not fit.</summary>
    public static int SetAside(SweepState state, DateTimeOffset now, long? memoryBytes) => memoryBytes is null
        ? 0
        : state.Waiting.Select(trial => state[trial]).Where(trial => trial.MayStart(now)).DistinctBy(trial => trial.ConfigurationHash)
            .Count(trial => !Fits(trial.Configuration, memoryBytes));

    /// <summary>The oldest trial that waits and fits no worker; null for none.</summary>
    /// <param name="largest">What the largest worker has that is there; null where nobody knows, or there is none.</param>
    public static (TrialId Trial, long Bytes)? TooLargeForAll(SweepState state, long? largest) =>
        largest is not null && state.Waiting.Select(trial => state[trial]).FirstOrDefault(trial => !Fits(trial.Configuration, largest)) is { } trial
            ? (trial.Id, NeedOf(trial.Configuration))
            : null;
}
