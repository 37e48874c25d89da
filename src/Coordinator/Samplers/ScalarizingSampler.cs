using Sweep.Coordinator.Objectives;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

/// <summary>
/// Several objectives with a sampler for one (ParEGO: Knowles 2006, "ParEGO: a hybrid algorithm with on-line landscape approximation for expensive
/// multiobjective optimization problems", section III): each suggestion draws weights, turns every result into one loss by the augmented
/// Chebyshev function, and asks the sampler what would lower that. The weights lead it along the whole Pareto front, convex or not.
/// <para>With objectives f, scaled so that the front spans [0, 1] in each, weights λ of sum 1, and ρ = 0.05: max(λᵢ·fᵢ) + ρ·Σ λᵢ·fᵢ.</para>
/// </summary>
/// <remarks>
/// The paper draws λ from a fixed grid and scales by the range of all results; a training that diverged or guesses would then squeeze what matters
/// into a corner. A suggestion costs what it costs the sampler to read its history from the beginning.
/// </remarks>
/// <param name="create">Makes the sampler for one objective, anew for each suggestion: the losses of the one before are not those of the next.</param>
internal sealed class ScalarizingSampler(Func<ISampler> create, long seed) : ISampler
{
    private const double Augmentation = 0.05;

    /// <summary>Tells its draws from those of others with the sweep's seed.</summary>
    private const long Stream = 0x7765_6967_6874;

    public Hyperparameters? Suggest(ISamplerHistory history)
    {
        var losses = LossesOf(history.Observations);
        var results = losses.OfType<double[]>().ToList();
        if (results.Count == 0) return create().Suggest(history);
        var scale = Scale.Of(results);
        var weights = Weights(results[0].Length, new CounterRandom(seed, Stream, history.ConfigurationCount));
        var log = ObservationLog.Empty;
        for (var index = 0; index < losses.Count; index++)
            log = log.Add(history.Observations[index] with
            {
                Losses = losses[index] is { } result ? [Chebyshev(scale.Apply(result), weights)] : [],
                Reported = [],
                IsPartial = false,
            });
        return create().Suggest(new Scalarized(history, log));
    }

    /// <summary>One vector a result, the first objective's as far as a full training would have brought it; null for failures.</summary>
    private static List<double[]?> LossesOf(ObservationLog log)
    {
        var comparable = new ComparableLosses();
        var losses = new List<double[]?>(log.Count);
        for (var index = 0; index < log.Count; index++)
        {
            var first = comparable.Next(log[index]);
            double[] result = [first, .. log[index].FurtherLosses];
            losses.Add(result.All(double.IsFinite) ? result : null);
        }
        return losses;
    }

    /// <summary>Evenly from all weights of sum 1.</summary>
    private static double[] Weights(int count, CounterRandom random)
    {
        var exponentials = new double[count];
        for (var index = 0; index < count; index++) exponentials[index] = -Math.Log(1 - random.NextDouble());
        return [.. exponentials.Select(weight => weight / exponentials.Sum())];
    }

    private static double Chebyshev(double[] losses, double[] weights)
    {
        var weighted = losses.Zip(weights, (loss, weight) => loss * weight).ToList();
        return weighted.Max() + Augmentation * weighted.Sum();
    }

    /// <summary>From the best value that the front has of each objective, 0, to the worst, 1.</summary>
    private sealed record Scale(double[] Best, double[] Range)
    {
        public static Scale Of(List<double[]> results)
        {
            var front = ParetoFront.First(results).Select(index => results[index]).ToList();
            var best = Each(results, values => values.Min());
            var (onFront, ofAll) = (Each(front, values => values.Max() - values.Min()), Each(results, values => values.Max() - values.Min()));
            // A front of one point spans nothing.
            return new Scale(best, [.. onFront.Zip(ofAll, (range, whole) => range > 0 ? range : whole > 0 ? whole : 1)]);
        }

        public double[] Apply(double[] losses) => [.. losses.Select((loss, index) => (loss - Best[index]) / Range[index])];

        private static double[] Each(List<double[]> results, Func<IEnumerable<double>, double> of) =>
            [.. Enumerable.Range(0, results[0].Length).Select(index => of(results.Select(result => result[index])))];
    }

    private sealed class Scalarized(ISamplerHistory history, ObservationLog observations) : ISamplerHistory
    {
        public int ConfigurationCount => history.ConfigurationCount;

        public ObservationLog Observations => observations;

        public IEnumerable<Hyperparameters> Pending => history.Pending;

        public bool WasTried(string configurationHash) => history.WasTried(configurationHash);
    }
}
