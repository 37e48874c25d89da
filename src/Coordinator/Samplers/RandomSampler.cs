using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

/// <summary>
/// Independent draws from the search space, each with the distribution of its domain (Bergstra and Bengio, 2012). The k-th draw for configuration n
/// is a function of (seed, n, k); the first draw that is allowed and new is the suggestion.
/// </summary>
public sealed class RandomSampler(SearchSpace space, TrialConfiguration configuration, long seed) : ISampler
{
    /// <summary>When so many draws in a row were refused, or twice as many as there are combinations, a finite space is counted out instead.</summary>
    private const int DrawsFromFiniteSpace = 256;

    /// <summary>A space that has a continuum, and still refuses so many, is taken to be exhausted: what is continuous in it has no effect.</summary>
    private const int DrawsFromContinuum = 10_000;

    /// <summary>More combinations than these are not counted out.</summary>
    private const int MostCombinations = 1_000_000;

    private List<(Hyperparameters Hyperparameters, string Hash)>? _all;

    public Hyperparameters? Suggest(ISamplerHistory history)
    {
        var draws = space.IsFinite ? (int)Math.Min(DrawsFromFiniteSpace, 2 * space.CombinationsAtMost) : DrawsFromContinuum;
        for (var draw = 0; draw < draws; draw++)
        {
            var hyperparameters = Draw(new CounterRandom(seed, history.ConfigurationCount, draw));
            if (space.Allows(hyperparameters) && !history.WasTried(Hash(hyperparameters))) return hyperparameters;
        }
        return space.IsFinite ? AnyUntried(history, new CounterRandom(seed, history.ConfigurationCount, draws)) : null;
    }

    private Hyperparameters Draw(CounterRandom random)
    {
        var point = new double[space.Parameters.Length];
        for (var axis = 0; axis < point.Length; axis++) point[axis] = random.NextDouble();
        return space.FromUnit(point);
    }

    /// <summary>One of the combinations that are left, with equal probabilities; null where none is.</summary>
    private Hyperparameters? AnyUntried(ISamplerHistory history, CounterRandom random)
    {
        _all ??= [.. space.All().Take(MostCombinations).Where(space.Allows)
            .Select(hyperparameters => (hyperparameters, Hash(hyperparameters)))
            .DistinctBy(pair => pair.Item2)];
        var left = _all.Where(pair => !history.WasTried(pair.Hash)).ToList();
        return left.Count == 0 ? null : left[random.NextInt(left.Count)].Hyperparameters;
    }

    private string Hash(Hyperparameters hyperparameters) => space.Resolve(configuration, hyperparameters).CanonicalHash();
}
