using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

/// <summary>
/// The half of BOHB that decides what to try (Falkner et al., "BOHB: Robust and Efficient Hyperparameter Optimization at Scale", 2018, algorithm 2): as
/// <see cref="TpeSampler"/>, but the densities are those of one budget, the largest that has enough results, whether their trials have ended or not.
/// <list type="table">
/// <item><term>b, D_b</term><description>a budget in epochs, and the results that trials had after it: <see cref="ISamplerHistory.Budgets"/></description></item>
/// <item><term>N_min</term><description>parameters + 1; a budget is modelled from N_min + 2 results on, and each density has at least N_min</description></item>
/// <item><term>γ, the paper's q</term><description>the share of D_b that is good, 15 %</description></item>
/// <item><term>l, g</term><description>the densities of the good, and of the others with whatever is pending</description></item>
/// <item><term>N_s, b_w</term><description>64 draws from l with bandwidths three times as wide, of which the one with the highest l/g is tried</description></item>
/// <item><term>ρ</term><description>the share of suggestions that are random, 1/3, which keeps Hyperband's guarantees</description></item>
/// <item><term>η, B</term><description>the reduction factor and what a bracket spends: of <see cref="Schedulers.HyperbandScheduler"/></description></item>
/// </list>
/// </summary>
/// <remarks>
/// Departures: while no budget has enough results, <see cref="TpeSampler"/> proposes, of what earlier runs have taught, or else Sobol's points. Densities are
/// made of at most so many results, evenly spaced in rank, so that a suggestion's cost does not grow with the history. Failures count as bad.
/// </remarks>
public sealed class BohbSampler : ISampler
{
    private const double GoodShare = 0.15, RandomShare = 1.0 / 3, BandwidthFactor = 3;
    private const int Draws = 64, MostGood = 50, MostBad = 125, MostFailures = 25, MostPending = 50;

    private readonly Axes _axes;
    private readonly OpenSpace _open;
    private readonly ObservedPoints _observed;
    private readonly ISampler _first, _random;
    private readonly long _seed;
    private readonly int _least;

    public BohbSampler(SearchSpace space, TrialConfiguration configuration, long seed)
    {
        (_axes, _open, _seed) = (new Axes(space), new OpenSpace(space, configuration), seed);
        (_first, _random) = (new TpeSampler(space, configuration, seed), new RandomSampler(space, configuration, seed));
        (_observed, _least) = (new ObservedPoints(_axes), _axes.Count + 1);
    }

    public Hyperparameters? Suggest(ISamplerHistory history)
    {
        if (history.Budgets.FirstOrDefault(budget => budget.Count >= _least + 2) is not { } modelled) return _first.Suggest(history);
        var random = new CounterRandom(_seed, history.ConfigurationCount);
        if (random.NextDouble() < RandomShare) return _random.Suggest(history);
        var good = Math.Max(_least, (int)(GoodShare * modelled.Count));
        var bad = Math.Max(_least, modelled.Count - good);
        var l = new ParzenEstimator(_axes, Spread(modelled, 0, good, MostGood));
        var g = new ParzenEstimator(_axes, [.. Spread(modelled, modelled.Count - bad, bad, MostBad), .. Failures(history), .. Pending(history)]);
        return Enumerable.Range(0, Draws).Select(_ => _axes.Settle(l.Draw(ref random, BandwidthFactor))).ToList()
            .OrderByDescending(point => l.LogDensity(point) - g.LogDensity(point))
            .Select(point => _axes.HyperparametersAt(point))
            .FirstOrDefault(hyperparameters => _open.Holds(hyperparameters, history))
            ?? _random.Suggest(history);
    }

    /// <summary>Of <paramref name="count"/> results from a rank on, at most so many.</summary>
    private List<double[]> Spread(BudgetResults results, int from, int count, int most)
    {
        var taken = Math.Min(count, most);
        return [.. Enumerable.Range(0, taken).Select(i => _axes.PointOf(results.At(from + (int)((i + 0.5) * count / taken))))];
    }

    private IEnumerable<double[]> Failures(ISamplerHistory history)
    {
        _observed.Follow(history.Observations);
        return _observed.Ranking.Skip(Math.Max(_observed.ResultCount, _observed.Count - MostFailures)).Select(index => _observed.Points[index]);
    }

    private IEnumerable<double[]> Pending(ISamplerHistory history) => history.Pending.TakeLast(MostPending).Select(_axes.PointOf);
}
