using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

/// <summary>
/// Walks the grid in order, without combinations that constraints rule out and without those that train the same network as an earlier one
/// (augmentation settings where augmentation is off, say).
/// </summary>
public sealed class GridSampler(SearchSpace space, TrialConfiguration configuration) : ISampler
{
    private readonly List<(Hyperparameters Hyperparameters, string Hash)> _seen = [];
    private readonly HashSet<string> _hashes = [];
    private readonly IEnumerator<Hyperparameters> _rest = space.Grid().Where(space.Allows).GetEnumerator();

    /// <summary>
    /// The first point, from the one that is numbered as the configuration, that was not tried; then, round the end, from the first. A sweep that
    /// has tried nothing but this sampler's suggestions finds it at once, and any other history finds every point too.
    /// </summary>
    public Hyperparameters? Suggest(ISamplerHistory history)
    {
        for (var index = history.ConfigurationCount; At(index) is var (hyperparameters, hash); index++)
            if (!history.WasTried(hash)) return hyperparameters;
        foreach (var (hyperparameters, hash) in _seen.Take(history.ConfigurationCount))
            if (!history.WasTried(hash)) return hyperparameters;
        return null;
    }

    private (Hyperparameters, string)? At(int index)
    {
        while (_seen.Count <= index && _rest.MoveNext())
        {
            var hash = space.Resolve(configuration, _rest.Current).CanonicalHash();
            if (_hashes.Add(hash)) _seen.Add((_rest.Current, hash));
        }
        return index < _seen.Count ? _seen[index] : null;
    }
}
