using Sweep.Coordinator.Objectives;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Tests.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Samplers;

/// <summary>Two objectives, on functions whose fronts are known: ZDT1's is convex and ZDT2's is not (Zitzler, Deb and Thiele 2000), here in four dimensions.</summary>
public sealed class ScalarizingSamplerTests
{
    private static readonly string[] Names = ["momentum", "label_smoothing", "decay_factor", "weight_decay"];
    private static readonly SearchSpace Space = new(Names.Select(name => new Parameter(name, new ContinuousDomain(0, 1))));

    [Theory]
    [InlineData(SearchAlgorithm.Gp, 1, 50)]
    [InlineData(SearchAlgorithm.Gp, 2, 50)]
    [InlineData(SearchAlgorithm.Tpe, 1, 50)]
    [InlineData(SearchAlgorithm.Tpe, 2, 50)]
    [InlineData(SearchAlgorithm.Evolution, 1, 200)]
    public void It_comes_nearer_to_the_front_than_random_sampling_does(SearchAlgorithm algorithm, int function, int trials)
    {
        var own = Enumerable.Range(1, 3).Average(seed => Volume(Scalarizing(algorithm, seed), function, trials));
        var random = Enumerable.Range(1, 3).Average(seed => Volume(new RandomSampler(Space, AnySpace.Base, seed), function, trials));

        Assert.True(own > random + 1, $"{own} and at random {random}");
    }

    /// <summary>Of 11 × 11 everything that can be had is 120 ⅔ (ZDT1) or 120 ⅓ (ZDT2).</summary>
    [Theory]
    [InlineData(1, 120 + 2 / 3.0)]
    [InlineData(2, 120 + 1 / 3.0)]
    public void With_a_gaussian_process_it_finds_most_of_what_there_is(int function, double whole) =>
        Assert.InRange(Volume(Scalarizing(SearchAlgorithm.Gp, 1), function, 50), whole - 1.2, whole);

    [Fact]
    public void Equal_histories_give_equal_suggestions_and_nothing_is_tried_twice()
    {
        var (one, other) = (new History(1), new History(1));
        var sampler = Scalarizing(SearchAlgorithm.Tpe, 5);
        for (var trial = 0; trial < 40; trial++)
        {
            var suggested = sampler.Suggest(one)!;
            Assert.Equal(suggested, Scalarizing(SearchAlgorithm.Tpe, 5).Suggest(other));
            Assert.True(one.Try(suggested), "tried before");
            other.Try(suggested);
        }
    }

    [Fact]
    public void What_failed_or_was_not_measured_is_no_result()
    {
        var history = new History(1);
        for (var trial = 0; trial < 12; trial++)
        {
            var suggested = Scalarizing(SearchAlgorithm.Gp, 5).Suggest(history)!;
            Assert.True(Space.Contains(suggested));
            history.Try(suggested, trial % 3 == 0 ? [] : trial % 3 == 1 ? [0.5, double.PositiveInfinity] : null);
        }
    }

    private static ScalarizingSampler Scalarizing(SearchAlgorithm algorithm, int seed) =>
        new ScalarizingSampler(() => Sampler.Create(algorithm, Space, AnySpace.Base, seed), seed);

    private static double Volume(ISampler sampler, int function, int trials)
    {
        var history = new History(function);
        for (var trial = 0; trial < trials; trial++) history.Try(sampler.Suggest(history)!);
        return ParetoFront.Hypervolume(history.Results, [11, 11]);
    }

    private sealed class History(int function) : ISamplerHistory
    {
        private readonly HashSet<string> _tried = [];

        public List<IReadOnlyList<double>> Results { get; } = [];

        public int ConfigurationCount => _tried.Count;

        public ObservationLog Observations { get; private set; } = ObservationLog.Empty;

        public IEnumerable<Hyperparameters> Pending => [];

        public bool WasTried(string configurationHash) => _tried.Contains(configurationHash);

        /// <param name="result">Null for the function's.</param>
        public bool Try(Hyperparameters hyperparameters, IReadOnlyList<double>? result = null)
        {
            var hash = Space.Resolve(AnySpace.Base, hyperparameters).CanonicalHash();
            result ??= ResultOf([.. Names.Select(name => hyperparameters[name]!.AsDouble())]);
            Results.Add(result);
            Observations = Observations.Add(new Observation(hyperparameters, hash, [.. result.Take(1)]) { FurtherLosses = [.. result.Skip(1)] });
            return _tried.Add(hash);
        }

        private double[] ResultOf(double[] x)
        {
            var g = 1 + 9 * x.Skip(1).Average();
            return [x[0], g * (1 - Math.Pow(x[0] / g, function == 1 ? 0.5 : 2))];
        }
    }
}
