using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.Tests.SearchSpaces;
using Sweep.Shared;
using static Sweep.Shared.HyperparameterValue;

namespace Sweep.Coordinator.Tests.Samplers;

public sealed class RandomSamplerTests : SamplerContract
{
    protected override int MostCombinations => 1_000;

    protected override ISampler Create(SearchSpace space, long seed) => new RandomSampler(space, AnySpace.Base, seed);

    [Fact]
    public void Another_seed_gives_other_suggestions()
    {
        var space = new SearchSpace([new("learning_rate", new ContinuousDomain(0.001, 1, Scale.Log))]);

        Assert.NotEqual(Suggestions(space, seed: 1, most: 5), Suggestions(space, seed: 2, most: 5));
    }

    [Fact]
    public void Half_the_draws_on_a_log_scale_lie_below_the_geometric_mean()
    {
        var space = new SearchSpace([new("learning_rate", new ContinuousDomain(0.0001, 1, Scale.Log))]);

        var below = Suggestions(space, seed: 3, most: 1_000).Count(suggestion => ((Number)suggestion["learning_rate"]!).Value < 0.01);

        Assert.InRange(below, 450, 550);
    }

    [Fact]
    public void A_continuous_parameter_without_effect_does_not_keep_a_sweep_going()
    {
        var space = new SearchSpace([
            new("optimizer", new ChoiceDomain([new Text("adam")])),
            new("momentum", new ContinuousDomain(0.1, 0.9)),
        ]);

        Assert.Single(Suggestions(space, seed: 1));
    }

    [Fact]
    public void Rare_values_are_drawn_as_rarely_as_they_should_be()
    {
        var space = new SearchSpace([
            new("init", new ChoiceDomain([new Text("kaiming"), new Text("pytorch_default")], [0.9, 0.1])),
            new("learning_rate", new ContinuousDomain(0.1, 1)),
        ]);

        var rare = Suggestions(space, seed: 4, most: 1_000).Count(suggestion => suggestion["init"] == new Text("pytorch_default"));

        Assert.InRange(rare, 70, 130);
    }
}
