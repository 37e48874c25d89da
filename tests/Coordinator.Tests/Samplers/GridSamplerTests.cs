using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.Tests.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Samplers;

public sealed class GridSamplerTests : SamplerContract
{
    protected override int MostCombinations => 1_000;

    protected override bool SearchesRanges => false;

    protected override ISampler Create(SearchSpace space, long seed) => new GridSampler(space, AnySpace.Base);

    [Fact]
    public void The_grid_is_walked_in_order()
    {
        var space = new SearchSpace([
            new("momentum", new ChoiceDomain([new HyperparameterValue.Number(0.5), new HyperparameterValue.Number(0.9)])),
            new("learning_rate", new ContinuousDomain(0.01, 1, Scale.Log, points: 3)),
        ]);

        Assert.Equal(
            ["momentum=0.5 learning_rate=0.01", "momentum=0.5 learning_rate=0.1", "momentum=0.5 learning_rate=1",
             "momentum=0.9 learning_rate=0.01", "momentum=0.9 learning_rate=0.1", "momentum=0.9 learning_rate=1"],
            Suggestions(space, seed: 0).Select(suggestion => suggestion.ToString()));
    }
}
