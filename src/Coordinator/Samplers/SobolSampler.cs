using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

/// <summary>
/// Scrambled Sobol points: they leave smaller gaps than random ones. Where a finite space has had its points, whatever is left of it follows.
/// </summary>
public sealed class SobolSampler : ISampler
{
    /// <summary>So many points in a row that are nothing new, or twice as many as there are combinations: what is left of the space is better drawn.</summary>
    private const int MostRefused = 1_000;

    private readonly Axes _axes;
    private readonly SobolSequence _sequence;
    private readonly Walk _walk;
    private readonly RandomSampler _rest;

    public SobolSampler(SearchSpace space, TrialConfiguration configuration, long seed)
    {
        (_axes, _sequence) = (new Axes(space), new SobolSequence(space.Parameters.Length, seed));
        _walk = new Walk(new OpenSpace(space, configuration), space, Points(), (int)Math.Min(MostRefused, 2 * space.CombinationsAtMost));
        _rest = new RandomSampler(space, configuration, seed);
    }

    public Hyperparameters? Suggest(ISamplerHistory history) => _walk.FirstUntried(history) ?? _rest.Suggest(history);

    private IEnumerable<Hyperparameters> Points()
    {
        for (var index = 0L; index <= uint.MaxValue; index++)
        {
            var unit = _sequence.At((uint)index);
            for (var axis = 0; axis < unit.Length; axis++) unit[axis] = _axes[axis].FromUnit(unit[axis]);
            yield return _axes.HyperparametersAt(_axes.Settle(unit));
        }
    }
}
