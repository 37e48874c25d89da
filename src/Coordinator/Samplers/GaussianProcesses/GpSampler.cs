using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers.GaussianProcesses;

/// <summary>
/// Bayesian optimisation: a Gaussian process over the results so far says where improvement is to be expected most (Snoek et al. 2012; Ament et
/// al. 2023). It begins with Sobol's points. Failures count as the worst result. For budgets of up to some hundreds of trials: where there are
/// <see cref="MostObservations"/>, <see cref="CmaEsSampler"/> goes on with all that was found, at a cost that does not grow.
/// <para>
/// Under a scheduler that pauses trials, those that went on are few and good, and too few for a model in so many dimensions at first: until it has
/// results for one, <see cref="TpeSampler"/> proposes what is near the best of them.
/// </para>
/// </summary>
public sealed class GpSampler : ISampler
{
    /// <summary>A suggestion by the model takes 40 ms, and by now a strategy that takes a thousandth of that refines as well.</summary>
    public const int MostObservations = 500;

    /// <summary>Of more observations than these, the best half and the newest half are modelled, so that a suggestion's cost has a bound.</summary>
    private const int MostPoints = 256;

    private const int FantasiesOfPending = 8, Starts = 2, Evaluations = 30;

    /// <summary>What draws are for; each purpose has a stream of its own.</summary>
    private enum Purpose { Fit = 1, Fantasies, Candidates }

    private readonly Axes _axes;
    private readonly OpenSpace _open;
    private readonly long _seed;
    private readonly KernelSpace _kernelSpace;
    private readonly SobolSampler _first;
    private readonly RandomSampler _fallback;
    private readonly TpeSampler _near;
    private readonly CmaEsSampler _then;
    private readonly int _mostObservations;
    private readonly ObservedPoints _observed, _fitted;
    private readonly SearchSpace _space;
    private (ulong Fingerprint, KernelParameters Parameters, OutputTransform Transform)? _fit;

    /// <param name="mostObservations">Before the hand-over.</param>
    public GpSampler(SearchSpace space, TrialConfiguration configuration, long seed, int mostObservations = MostObservations)
    {
        (_space, _axes, _open, _seed) = (space, new Axes(space), new OpenSpace(space, configuration), seed);
        _kernelSpace = new KernelSpace(_axes);
        (_first, _fallback) = (new SobolSampler(space, configuration, seed), new RandomSampler(space, configuration, seed));
        (_near, _then, _mostObservations) = (new TpeSampler(space, configuration, seed), new CmaEsSampler(space, configuration, seed), mostObservations);
        (_observed, _fitted) = (new ObservedPoints(_axes), new ObservedPoints(_axes));
        FirstPoints = Math.Max(4, _axes.Count + 1);
    }

    /// <summary>Configurations before the first that a model chooses.</summary>
    public int FirstPoints { get; }

    public Hyperparameters? Suggest(ISamplerHistory history)
    {
        if (history.Observations.Count >= _mostObservations) return _then.Suggest(history);
        if (_axes.Count == 0 || history.ConfigurationCount < FirstPoints) return _first.Suggest(history);
        _observed.Follow(history.Observations);
        if (_observed.ResultCount < FirstPoints && SomeArePaused(history)) return _near.Suggest(history);
        if (_observed.ResultCount < 2) return _first.Suggest(history);

        var (parameters, transform) = FitOf(history.Observations);
        var chosen = Chosen(_observed);
        var pending = history.Pending.Take(MostPoints / 2).Select(_axes.PointOf).ToList();
        var (targets, _) = transform.Of(LossesOf(_observed, chosen));
        var process = new GaussianProcess(
            _kernelSpace, parameters, [.. chosen.Select(index => _observed.Points[index]), .. pending], targets,
            pending.Count == 0 ? 1 : FantasiesOfPending, Stream(Purpose.Fantasies, history.ConfigurationCount));
        var best = _observed.Ranking.Take(5).Select(index => _observed.Points[index]).ToList();
        return new AcquisitionSearch(_axes, process, Stream(Purpose.Candidates, history.ConfigurationCount))
            .Run(best, point => _space.Constraints.IsEmpty || _space.Allows(_axes.HyperparametersAt(point)))
            .Select(point => _axes.HyperparametersAt(point))
            .FirstOrDefault(hyperparameters => _open.Holds(hyperparameters, history))
            ?? _fallback.Suggest(history);
    }

    /// <summary>Or were, which a history of few results and many configurations shows.</summary>
    private static bool SomeArePaused(ISamplerHistory history) =>
        history.ConfigurationCount > history.Observations.Count + history.Pending.Count();

    /// <summary>
    /// Parameters are fitted anew whenever there is a twentieth more to fit them to, always to the first so many observations, so that a
    /// sampler made anew finds the same.
    /// </summary>
    private (KernelParameters, OutputTransform) FitOf(ObservationLog log)
    {
        var count = LastFit(log.Count);
        if (_fit is { } fit && fit.Fingerprint == log.Fingerprint(count)) return (fit.Parameters, fit.Transform);
        _fitted.Follow(log, count);
        if (_fitted.ResultCount < 2) _fitted.Follow(log, count = log.Count);
        var chosen = Chosen(_fitted);
        var points = chosen.Select(index => _fitted.Points[index]).ToList();
        var losses = LossesOf(_fitted, chosen);
        var best = OutputTransform.All.Select(transform =>
        {
            var (targets, jacobian) = transform.Of(losses);
            var (parameters, posterior) = new KernelFit(_kernelSpace, points, targets).Run(Starts, Evaluations, Stream(Purpose.Fit, count));
            return (parameters, transform, Value: posterior + jacobian);
        }).MaxBy(candidate => candidate.Value);
        _fit = (log.Fingerprint(count), best.parameters, best.transform);
        return (best.parameters, best.transform);
    }

    private static int LastFit(int count)
    {
        var last = 2;
        for (var next = last; next <= count; next += Math.Max(1, next / 20)) last = next;
        return last;
    }

    private static List<int> Chosen(ObservedPoints observed)
    {
        if (observed.Count <= MostPoints) return [.. Enumerable.Range(0, observed.Count)];
        var best = observed.Ranking.Take(MostPoints / 2).ToHashSet();
        for (var index = observed.Count - 1; best.Count < MostPoints; index--) best.Add(index);
        return [.. best.Order()];
    }

    /// <summary>Failures count as the worst of the others.</summary>
    private static List<double> LossesOf(ObservedPoints observed, List<int> chosen)
    {
        var worst = chosen.Select(index => observed.Losses[index]).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        return [.. chosen.Select(index => Math.Min(observed.Losses[index], worst))];
    }

    private CounterRandom Stream(Purpose purpose, int number) => new(_seed, (long)purpose, number);
}
