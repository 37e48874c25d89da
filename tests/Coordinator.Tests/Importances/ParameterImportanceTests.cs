using Sweep.Coordinator.Importances;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;
using static Sweep.Shared.HyperparameterValue;

namespace Sweep.Coordinator.Tests.Importances;

public sealed class ParameterImportanceTests
{
    private static readonly SearchSpace Space = new([
        new("learning_rate", new ContinuousDomain(0.001, 1, Scale.Log)),
        new("optimizer", new ChoiceDomain([new Text("sgd"), new Text("adam"), new Text("adamw")])),
        new("momentum", new ContinuousDomain(0.1, 0.9), [new Condition("optimizer", [new Text("sgd")])]),
        new("label_smoothing", new ContinuousDomain(0.0, 0.5)),
    ]);

    [Fact]
    public void What_alone_decides_has_nearly_all_of_it()
    {
        var importances = ParameterImportance.Of(Space, Results(400, trial => Math.Abs(Math.Log10(trial["learning_rate"]!.AsDouble()) + 1)));

        Assert.Equal("learning_rate", importances[0].Name);
        Assert.True(importances[0].Share > 0.8, $"{importances[0]}");
        Assert.Equal(1, importances.Sum(importance => importance.Share), 1e-9);
    }

    [Fact]
    public void A_choice_that_decides_comes_before_a_range_that_hardly_matters()
    {
        var importances = ParameterImportance.Of(Space, Results(400, trial =>
            (trial["optimizer"] == new Text("adam") ? 0 : 1) + 0.01 * trial["label_smoothing"]!.AsDouble()));

        Assert.Equal("optimizer", importances[0].Name);
        Assert.True(importances.Single(importance => importance.Name == "learning_rate").Share < 0.1);
    }

    [Fact]
    public void Where_the_sampler_looked_does_not_count()
    {
        // Every learning rate that was tried is high, and it has no effect.
        var random = new CounterRandom(3);
        var importances = ParameterImportance.Of(Space, Enumerable.Range(0, 300).Select(number =>
        {
            var trial = Space.FromUnit([0.9 + 0.1 * random.NextDouble(), random.NextDouble(), random.NextDouble(), random.NextDouble()]);
            return new Observation(trial, $"{number}", [trial["label_smoothing"]!.AsDouble()]);
        }));

        Assert.Equal("label_smoothing", importances[0].Name);
        Assert.True(importances.Single(importance => importance.Name == "learning_rate").Share < 0.1);
    }

    [Fact]
    public void Nothing_is_said_of_few_results_and_failures_are_none() =>
        Assert.Empty(ParameterImportance.Of(Space, Results(9, _ => 0).Concat([new Observation(Space.FromUnit([0, 0, 0, 0]), "", [])])));

    private static IEnumerable<Observation> Results(int count, Func<Hyperparameters, double> loss)
    {
        var random = new CounterRandom(1);
        return Enumerable.Range(0, count).Select(number =>
        {
            var trial = Space.FromUnit([random.NextDouble(), random.NextDouble(), random.NextDouble(), random.NextDouble()]);
            return new Observation(trial, $"{number}", [loss(trial)]);
        });
    }
}
