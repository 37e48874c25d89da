using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

/// <summary>
/// Regularised evolution (Real et al. 2019, "Regularized evolution for image classifier architecture search", algorithm 1): of the P newest
/// results, S are drawn, and a mutation of the best of them is tried. Results die of age and not of being bad, so that luck does not last.
/// </summary>
public sealed class EvolutionSampler : ISampler
{
    private const int Population = 25, Sample = 6;

    /// <summary>Mutations that turn out to be nothing new, or twice as many as there are combinations, before a random configuration takes their place.</summary>
    private const int MostMutations = 200;

    private readonly Axes _axes;
    private readonly OpenSpace _open;
    private readonly ObservedPoints _observed;
    private readonly ISampler _first, _fallback;
    private readonly long _seed;
    private readonly int _mutations;

    public EvolutionSampler(SearchSpace space, TrialConfiguration configuration, long seed)
    {
        (_axes, _open, _seed) = (new Axes(space), new OpenSpace(space, configuration), seed);
        _mutations = (int)Math.Min(MostMutations, 2 * space.CombinationsAtMost);
        _observed = new ObservedPoints(_axes);
        (_first, _fallback) = (new SobolSampler(space, configuration, seed), new RandomSampler(space, configuration, seed));
    }

    public Hyperparameters? Suggest(ISamplerHistory history)
    {
        _observed.Follow(history.Observations);
        if (history.ConfigurationCount < Population || _observed.ResultCount == 0) return _first.Suggest(history);
        for (var mutation = 0; mutation < _mutations; mutation++)
        {
            var random = new CounterRandom(_seed, history.ConfigurationCount, mutation);
            var child = _axes.HyperparametersAt(Mutate(Parent(ref random), ref random));
            if (_open.Holds(child, history)) return child;
        }
        return _fallback.Suggest(history);
    }

    private double[] Parent(ref CounterRandom random)
    {
        var oldest = Math.Max(0, _observed.Count - Population);
        var best = -1;
        for (var draw = 0; draw < Sample; draw++)
        {
            var index = oldest + random.NextInt(_observed.Count - oldest);
            if (best < 0 || _observed.Losses[index] < _observed.Losses[best]) best = index;
        }
        return _observed.Points[best];
    }

    /// <summary>One parameter changes: a choice to another value, a range by a step of any size up to its width.</summary>
    private double[] Mutate(double[] parent, ref CounterRandom random)
    {
        var child = _axes.Draw(ref random);
        var existing = Enumerable.Range(0, _axes.Count).Where(axis => !double.IsNaN(parent[axis]) && _axes[axis].Levels != 1).ToArray();
        var mutated = existing.Length == 0 ? -1 : existing[random.NextInt(existing.Length)];
        for (var axis = 0; axis < _axes.Count; axis++)
        {
            if (double.IsNaN(parent[axis])) continue;
            if (axis != mutated) child[axis] = parent[axis];
            else if (_axes[axis].Levels is { } levels && _axes[axis].IsChoice) child[axis] = (parent[axis] + 1 + random.NextInt((int)levels - 1)) % levels;
            else child[axis] = Folded(parent[axis] + Math.Pow(10, -2 * random.NextDouble()) * Normal.Draw(ref random) / 2);
        }
        return _axes.Settle(child);
    }

    /// <summary>What goes beyond an end comes back from it.</summary>
    private static double Folded(double coordinate)
    {
        var folded = Math.Abs(coordinate) % 2;
        return folded > 1 ? 2 - folded : folded;
    }
}
