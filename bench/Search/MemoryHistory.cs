using Sweep.Coordinator.Samplers;
using Sweep.Shared;

namespace Sweep.Bench.Search;

/// <summary>A history without a sweep: configurations are proposed and end, nothing else happens.</summary>
/// <param name="configuration">What is not searched; null for that of the test objectives.</param>
public sealed class MemoryHistory(TestObjective objective, TrialConfiguration? configuration = null) : ISamplerHistory
{
    private readonly HashSet<string> _tried = [];
    private readonly List<(Hyperparameters Hyperparameters, string Hash)> _pending = [];

    public int ConfigurationCount => _tried.Count;

    public ObservationLog Observations { get; private set; } = ObservationLog.Empty;

    public IEnumerable<Hyperparameters> Pending => _pending.Select(pending => pending.Hyperparameters);

    public bool WasTried(string configurationHash) => _tried.Contains(configurationHash);

    public void Propose(Hyperparameters hyperparameters)
    {
        var hash = objective.Space.Resolve(configuration ?? TestObjective.Base, hyperparameters).CanonicalHash();
        if (!_tried.Add(hash)) throw new InvalidOperationException($"{hyperparameters} was tried already");
        _pending.Add((hyperparameters, hash));
    }

    /// <summary>The pending configuration with this index ends.</summary>
    /// <returns>Its loss.</returns>
    public double End(int index)
    {
        var (hyperparameters, hash) = _pending[index];
        _pending.RemoveAt(index);
        var loss = objective.Value(hyperparameters);
        Observations = Observations.Add(new Observation(hyperparameters, hash, [loss]));
        return loss;
    }
}
