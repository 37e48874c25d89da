using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

/// <summary>
/// The tree-structured Parzen estimator (Bergstra et al. 2011, "Algorithms for hyper-parameter optimization", section 4): of the results so far, the
/// best make a density l(x), the others and whatever is pending make g(x), and of some draws from l the one with the highest l(x)/g(x) is tried.
/// To count what is pending among the bad keeps parallel workers apart.
/// <para>A suggestion costs the same after ten thousand results as after some hundreds: g is made of results evenly spaced in rank.</para>
/// </summary>
public sealed class TpeSampler : ISampler
{
    /// <summary>Configurations before the first that a model chooses.</summary>
    public const int FirstPoints = 10;

    private const double GoodShare = 0.1;
    private const int MostGood = 25, MostBad = 125, MostPending = 50, Draws = 32;

    private readonly Axes _axes;
    private readonly OpenSpace _open;
    private readonly ObservedPoints _observed;
    private readonly ISampler _first, _fallback;
    private readonly long _seed;

    public TpeSampler(SearchSpace space, TrialConfiguration configuration, long seed)
    {
        (_axes, _open, _seed) = (new Axes(space), new OpenSpace(space, configuration), seed);
        _observed = new ObservedPoints(_axes);
        (_first, _fallback) = (new SobolSampler(space, configuration, seed), new RandomSampler(space, configuration, seed));
    }

    public Hyperparameters? Suggest(ISamplerHistory history)
    {
        _observed.Follow(history.Observations);
        if (history.ConfigurationCount < FirstPoints || _observed.ResultCount == 0) return _first.Suggest(history);
        // γ, the number of the best: a tenth, and few enough to stay near the best of them.
        var good = Math.Min((int)Math.Ceiling(GoodShare * _observed.Count), Math.Min(MostGood, _observed.ResultCount));
        var l = new ParzenEstimator(_axes, [.. _observed.Ranking.Take(good).Select(index => _observed.Points[index])]);
        var g = new ParzenEstimator(_axes, [.. Bad(good), .. history.Pending.TakeLast(MostPending).Select(_axes.PointOf)]);
        return Candidates(l, new CounterRandom(_seed, history.ConfigurationCount))
            .OrderByDescending(point => l.LogDensity(point) - g.LogDensity(point))
            .Select(point => _axes.HyperparametersAt(point))
            .FirstOrDefault(hyperparameters => _open.Holds(hyperparameters, history))
            ?? _fallback.Suggest(history);
    }

    private IEnumerable<double[]> Bad(int good)
    {
        var count = _observed.Count - good;
        var taken = Math.Min(count, MostBad);
        for (var i = 0; i < taken; i++) yield return _observed.Points[_observed.Ranking[good + (int)((i + 0.5) * count / taken)]];
    }

    private IEnumerable<double[]> Candidates(ParzenEstimator l, CounterRandom random)
    {
        for (var draw = 0; draw < Draws; draw++) yield return _axes.Settle(l.Draw(ref random));
    }
}
