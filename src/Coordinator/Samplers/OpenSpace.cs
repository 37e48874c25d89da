using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

/// <summary>What may still be proposed of a search space.</summary>
internal sealed class OpenSpace(SearchSpace space, TrialConfiguration configuration)
{
    public string HashOf(Hyperparameters hyperparameters) => space.Resolve(configuration, hyperparameters).CanonicalHash();

    public bool Holds(Hyperparameters hyperparameters, ISamplerHistory history) =>
        space.Allows(hyperparameters) && !history.WasTried(HashOf(hyperparameters));
}

/// <summary>Configurations in a fixed order, each of those that the constraints allow once, and each that trains another network than those before.</summary>
/// <param name="mostRefused">After so many in a row that are nothing new, the walk is taken to be over.</param>
internal sealed class Walk(OpenSpace open, SearchSpace space, IEnumerable<Hyperparameters> order, int mostRefused = int.MaxValue)
{
    private readonly List<(Hyperparameters Hyperparameters, string Hash)> _seen = [];
    private readonly HashSet<string> _hashes = [];
    private readonly IEnumerator<Hyperparameters> _rest = order.GetEnumerator();
    private int _refused;

    /// <summary>
    /// The first, from the one that is numbered as the configuration, that was not tried; then, round the end, from the first. A sweep that
    /// has tried nothing but these finds it at once, and any other history finds every one too.
    /// </summary>
    public Hyperparameters? FirstUntried(ISamplerHistory history)
    {
        for (var index = history.ConfigurationCount; At(index) is var (hyperparameters, hash); index++)
            if (!history.WasTried(hash)) return hyperparameters;
        foreach (var (hyperparameters, hash) in _seen.Take(history.ConfigurationCount))
            if (!history.WasTried(hash)) return hyperparameters;
        return null;
    }

    private (Hyperparameters, string)? At(int index)
    {
        while (_seen.Count <= index && _refused < mostRefused && _rest.MoveNext())
        {
            _refused++;
            if (!space.Allows(_rest.Current)) continue;
            var hash = open.HashOf(_rest.Current);
            if (!_hashes.Add(hash)) continue;
            _seen.Add((_rest.Current, hash));
            _refused = 0;
        }
        return index < _seen.Count ? _seen[index] : null;
    }
}
