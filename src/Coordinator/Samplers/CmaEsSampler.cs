using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

/// <summary>
/// <see cref="CmaEs"/> on ranges, and on choices a probability for each value, which moves towards the values of the better half (as in CatCMA, Hamano
/// et al. 2024, with the plain update of Baluja 1994, "Population-based incremental learning"). λ observations in the order in which they
/// ended are one generation, whichever generation drew them, so that parallel workers never wait for each other. Once steps have become tiny it
/// begins anew elsewhere, with twice the population (Auger and Hansen 2005).
/// </summary>
public sealed class CmaEsSampler : ISampler
{
    private const double FirstDeviation = 0.2, LearningRate = 0.2;
    private const int MostDraws = 50;

    private enum Purpose { Draw = 1, Restart }

    private readonly Axes _axes;
    private readonly int[] _ranges, _choices;
    private readonly OpenSpace _open;
    private readonly ObservedPoints _observed;
    private readonly ISampler _first, _fallback;
    private readonly long _seed;
    private readonly int _population;
    private CmaEs? _strategy;
    private double[][] _probabilities = [];
    private int _told, _restarts;

    public CmaEsSampler(SearchSpace space, TrialConfiguration configuration, long seed)
    {
        (_axes, _open, _seed) = (new Axes(space), new OpenSpace(space, configuration), seed);
        _ranges = [.. Enumerable.Range(0, _axes.Count).Where(axis => !_axes[axis].IsChoice)];
        _choices = [.. Enumerable.Range(0, _axes.Count).Where(axis => _axes[axis].IsChoice)];
        _population = 4 + (int)(3 * Math.Log(Math.Max(1, _axes.Count)));
        _observed = new ObservedPoints(_axes);
        (_first, _fallback) = (new SobolSampler(space, configuration, seed), new RandomSampler(space, configuration, seed));
    }

    public Hyperparameters? Suggest(ISamplerHistory history)
    {
        Follow(history.Observations);
        if (_strategy is null) return _first.Suggest(history);
        for (var draw = 0; draw < MostDraws; draw++)
        {
            var random = new CounterRandom(_seed, (long)Purpose.Draw, history.ConfigurationCount, draw);
            var hyperparameters = _axes.HyperparametersAt(Draw(_strategy, ref random));
            if (_open.Holds(hyperparameters, history)) return hyperparameters;
        }
        return _fallback.Suggest(history);
    }

    private void Follow(ObservationLog log)
    {
        if (!_observed.Follow(log)) (_strategy, _told, _restarts) = (null, 0, 0);
        while (_observed.Count - _told >= (_strategy?.Population ?? _population))
        {
            var size = _strategy?.Population ?? _population;
            var generation = Enumerable.Range(_told, size).OrderBy(index => _observed.Losses[index]).Select(index => _observed.Points[index]).ToList();
            _told += size;
            if (_strategy is null) Begin(generation[0]);
            else if (_ranges.Length > 0) _strategy.Tell([.. generation.Select(RangesOf)]);
            Learn(generation.Take(size / 2).ToList());
            if (_ranges.Length > 0 && _strategy!.HasConverged) Restart(_strategy.Population);
        }
    }

    private void Begin(double[] best)
    {
        _strategy = new CmaEs([.. RangesOf(best).Select(coordinate => double.IsNaN(coordinate) ? 0.5 : coordinate)], FirstDeviation, _population);
        _probabilities = InitialProbabilities();
    }

    private void Restart(int population)
    {
        var random = new CounterRandom(_seed, (long)Purpose.Restart, ++_restarts);
        _strategy = new CmaEs(RangesOf(_axes.Draw(ref random)), FirstDeviation, 2 * population);
        _probabilities = InitialProbabilities();
    }

    private double[][] InitialProbabilities() =>
        [.. _choices.Select(axis => Enumerable.Range(0, (int)_axes[axis].Levels!.Value).Select(_axes[axis].Probability).ToArray())];

    /// <summary>No value's probability falls so low that it would hardly be seen again.</summary>
    private void Learn(List<double[]> better)
    {
        for (var i = 0; i < _choices.Length; i++)
        {
            var values = better.Select(point => point[_choices[i]]).Where(value => !double.IsNaN(value)).ToList();
            if (values.Count == 0) continue;
            var probabilities = _probabilities[i];
            var least = 0.5 / (_population * Math.Max(1, probabilities.Length - 1));
            for (var value = 0; value < probabilities.Length; value++)
            {
                var share = values.Count(other => (int)other == value) / (double)values.Count;
                probabilities[value] = Math.Max(least, (1 - LearningRate) * probabilities[value] + LearningRate * share);
            }
            var sum = probabilities.Sum();
            for (var value = 0; value < probabilities.Length; value++) probabilities[value] /= sum;
        }
    }

    private double[] Draw(CmaEs strategy, ref CounterRandom random)
    {
        var point = new double[_axes.Count];
        var ranges = _ranges.Length > 0 ? strategy.Draw(ref random) : [];
        for (var i = 0; i < _ranges.Length; i++) point[_ranges[i]] = Stepped(_ranges[i], ranges[i], strategy.Mean(i), ref random);
        for (var i = 0; i < _choices.Length; i++)
        {
            var left = random.NextDouble();
            var value = 0;
            while (value < _probabilities[i].Length - 1 && (left -= _probabilities[i][value]) >= 0) value++;
            point[_choices[i]] = value;
        }
        return _axes.Settle(point);
    }

    /// <summary>Where steps of the strategy no longer reach the next value of a range with steps, some draws do.</summary>
    private double Stepped(int axis, double coordinate, double mean, ref CounterRandom random)
    {
        var isShaken = random.NextDouble() < 1.0 / (2 * _ranges.Length) && _axes[axis].Levels is not null;
        if (!isShaken || _axes[axis].Settle(coordinate) != _axes[axis].Settle(mean)) return coordinate;
        return _axes[axis].Neighbour(_axes[axis].Settle(coordinate), random.NextInt(2) == 0 ? -1 : 1) ?? coordinate;
    }

    private double[] RangesOf(double[] point) => [.. _ranges.Select(axis => point[axis])];
}
