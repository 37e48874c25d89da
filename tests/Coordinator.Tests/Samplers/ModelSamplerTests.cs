using Sweep.Bench.Search;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.Samplers.GaussianProcesses;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.Tests.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Samplers;

/// <summary>What a sampler that learns owes besides.</summary>
public abstract class ModelSamplerContract : SamplerContract
{
    [Fact]
    public void It_finds_better_configurations_than_random_sampling_does()
    {
        var own = MedianOf(seed => Create(Mixed.Space, TestObjective.Base, seed));
        var random = MedianOf(seed => new RandomSampler(Mixed.Space, TestObjective.Base, seed));

        Assert.True(own < random, $"{own} after 80 trials, and {random} at random");
    }

    private static TestObjective Mixed { get; } = TestObjective.All.Single(objective => objective.Name == "mixed");

    protected abstract ISampler Create(SearchSpace space, TrialConfiguration configuration, long seed);

    protected sealed override ISampler Create(SearchSpace space, long seed) => Create(space, AnySpace.Base, seed);

    private static double MedianOf(Func<long, ISampler> create) =>
        Enumerable.Range(0, 5).Select(seed => BestOf(create(seed), trials: 80)).Order().ElementAt(2);

    private static double BestOf(ISampler sampler, int trials)
    {
        var history = new MemoryHistory(Mixed);
        var best = double.PositiveInfinity;
        for (var trial = 0; trial < trials; trial++)
        {
            history.Propose(sampler.Suggest(history)!);
            best = Math.Min(best, history.End(0));
        }
        return best - Mixed.Lowest;
    }
}

public sealed class TpeSamplerTests : ModelSamplerContract
{
    protected override ISampler Create(SearchSpace space, TrialConfiguration configuration, long seed) => new TpeSampler(space, configuration, seed);
}

public sealed class GpSamplerTests : ModelSamplerContract
{
    protected override int MostCombinations => 20;

    protected override int MostToExhaust => 8;

    protected override ISampler Create(SearchSpace space, TrialConfiguration configuration, long seed) => new GpSampler(space, configuration, seed);
}

/// <summary>As it is once it has handed over.</summary>
public sealed class GpSamplerWithALongHistoryTests : ModelSamplerContract
{
    protected override ISampler Create(SearchSpace space, TrialConfiguration configuration, long seed) =>
        new GpSampler(space, configuration, seed, mostObservations: 5);
}

public sealed class CmaEsSamplerTests : ModelSamplerContract
{
    protected override ISampler Create(SearchSpace space, TrialConfiguration configuration, long seed) => new CmaEsSampler(space, configuration, seed);
}

public sealed class EvolutionSamplerTests : ModelSamplerContract
{
    protected override ISampler Create(SearchSpace space, TrialConfiguration configuration, long seed) => new EvolutionSampler(space, configuration, seed);
}

public sealed class SobolSamplerTests : SamplerContract
{
    protected override ISampler Create(SearchSpace space, long seed) => new SobolSampler(space, AnySpace.Base, seed);
}

public sealed class StartWithSamplerTests
{
    [Fact]
    public void What_a_person_gives_comes_first_and_once()
    {
        var space = new SearchSpace([new("learning_rate", new ContinuousDomain(0.1, 1, Scale.Log))]);
        Hyperparameters[] first = [space.FromUnit([0.25]), space.FromUnit([0.75])];
        var open = new OpenSpace(space, AnySpace.Base);
        var sampler = new StartWithSampler(first, new RandomSampler(space, AnySpace.Base, 1), open);
        var history = new MemoryHistory(new TestObjective("", space, _ => 0, 0), AnySpace.Base);

        for (var trial = 0; trial < 4; trial++) history.Propose(sampler.Suggest(history)!);

        Assert.Equal(first, history.Pending.Take(2));
    }
}
