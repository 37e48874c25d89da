using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

/// <summary>
/// Decides what to try. Pure: seed and search space are given to the constructor, and equal histories get equal suggestions. A sampler may keep
/// what it has computed from a history, and finds by <see cref="ObservationLog.Fingerprint"/> how much of that still holds.
/// </summary>
public interface ISampler
{
    /// <summary>The next configuration's hyperparameters, of one that was not tried; null when the space is exhausted.</summary>
    Hyperparameters? Suggest(ISamplerHistory history);
}

/// <summary>What a sampler may know of the sweep so far.</summary>
public interface ISamplerHistory
{
    /// <summary>Configurations proposed so far, finished or not, each counted once however many trials repeat it.</summary>
    int ConfigurationCount { get; }

    /// <summary>Configurations that have ended, in the order in which they did.</summary>
    ObservationLog Observations { get; }

    /// <summary>Configurations that run or wait, in the order in which they were proposed.</summary>
    IEnumerable<Hyperparameters> Pending { get; }

    /// <summary>What trials had measured at the budgets that the scheduler compares them at, the largest first; none where it keeps no such thing.</summary>
    IEnumerable<BudgetResults> Budgets => [];

    /// <summary>Whether a trial with this <see cref="TrialConfiguration.CanonicalHash"/> was created.</summary>
    bool WasTried(string configurationHash);
}

/// <summary>What trials had measured after so many epochs, whether they have ended or not.</summary>
/// <param name="At">By rank, from 0, the best.</param>
public sealed record BudgetResults(int Epochs, int Count, Func<int, Hyperparameters> At);
