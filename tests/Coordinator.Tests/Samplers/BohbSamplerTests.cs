using Sweep.Bench.Simulator;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.Tests.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Samplers;

public sealed class BohbSamplerTests : SamplerContract
{
    private static readonly SearchSpace Space = new([new("momentum", new ContinuousDomain(0, 1)), new("label_smoothing", new ContinuousDomain(0, 1))]);

    protected override ISampler Create(SearchSpace space, long seed) => new BohbSampler(space, AnySpace.Base, seed);

    /// <summary>With two parameters N_min is 3. After 9 epochs momentum should be high, after 3 it should be low.</summary>
    [Theory]
    [InlineData(5, true)]
    [InlineData(4, false)]
    public void The_largest_budget_with_N_min_and_two_more_results_is_modelled(int results, bool isHigh)
    {
        var history = new Budgeted(Results(9, results, towards: 1), Results(3, 40, towards: 0));

        var high = Enumerable.Range(0, 60).Count(seed => new BohbSampler(Space, AnySpace.Base, seed).Suggest(history)!["momentum"]!.AsDouble() > 0.5);

        // A third of all are random.
        Assert.Equal(isHigh, high > 30);
        Assert.InRange(isHigh ? high : 60 - high, 40, 57);
    }

    [Fact]
    public void It_beats_hyperband_with_random_search()
    {
        var own = Epochs("tpe", "bohb");
        var random = Epochs("random", "hyperband");

        Assert.True(own < 0.6 * random, $"{own} epochs to 1 %, and {random}");
    }

    /// <summary>Median of seven sweeps.</summary>
    private static double Epochs(string search, string scheduler) => Enumerable.Range(1, 7)
        .Select(seed => Race.Run(seed, workers: 1, cap: 2_430, $"{{algorithm: {search}, trials: 100000}}", $"{{name: {scheduler}}}").To1Percent?.Epochs ?? double.PositiveInfinity)
        .Order().ElementAt(3);

    private static BudgetResults Results(int epochs, int count, double towards) => new(epochs, count, rank =>
    {
        var far = (rank + 0.5) / count;
        return Space.FromUnit([towards > 0 ? 1 - far : far, rank * 0.618033988749894848 % 1]);
    });

    private sealed class Budgeted(params BudgetResults[] budgets) : ISamplerHistory
    {
        public int ConfigurationCount => 100;

        public ObservationLog Observations => ObservationLog.Empty;

        public IEnumerable<Hyperparameters> Pending => [];

        public IEnumerable<BudgetResults> Budgets => budgets;

        public bool WasTried(string configurationHash) => false;
    }
}
