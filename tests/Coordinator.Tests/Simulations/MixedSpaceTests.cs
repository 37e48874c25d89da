using System.Text.Json;
using Sweep.Bench.Simulator;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Simulations;

/// <summary>The simulated curves are those that other programs were measured on: equal points give equal values.</summary>
public sealed class MixedSpaceTests
{
    private static readonly SweepDefinition Sweep = MixedSpace.Sweep(0, "search: {algorithm: random, trials: 1}");
    private static readonly JsonElement Golden =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Simulations", "golden-curves.json"))).RootElement;

    [Fact]
    public void Accuracies_are_those_of_the_reference()
    {
        var points = Golden.GetProperty("mixed").EnumerateArray().ToList();
        Assert.Equal(32, points.Count);
        Assert.All(points, point => Assert.Equal(point.GetProperty("accuracy").GetDouble(), MixedSpace.Accuracy(TrialAt(point)), 1e-12));
    }

    [Fact]
    public void Curves_are_those_of_the_reference_noise_included()
    {
        foreach (var curve in Golden.GetProperty("curves").EnumerateArray())
        {
            var trial = TrialAt(curve);
            var (a, b, c) = MixedSpace.Shape(trial);
            Assert.All(Enumerable.Zip(curve.GetProperty("abc").EnumerateArray(), (double[])[a, b, c]), pair => Assert.Equal(pair.First.GetDouble(), pair.Second, 1e-12));
            var simulated = new Curve(trial, curve.GetProperty("seed").GetInt64(), curve.GetProperty("trial").GetInt32());
            var values = curve.GetProperty("values").EnumerateArray().ToList();
            Assert.Equal(MixedSpace.Epochs, values.Count);
            for (var epoch = 1; epoch <= values.Count; epoch++) Assert.Equal(values[epoch - 1].GetDouble(), simulated.Next(epoch), 1e-12);
        }
    }

    [Fact]
    public void The_best_configuration_is_as_good_as_is_said()
    {
        var best = new Hyperparameters(
        [
            new("learning_rate", new HyperparameterValue.Number(Math.Pow(10, -1.5))),
            new("weight_decay", new HyperparameterValue.Number(Math.Pow(10, -3.95))),
            new("momentum", new HyperparameterValue.Number(0.9)),
            new("batch_size", new HyperparameterValue.Integer(128)),
            new("blocks", new HyperparameterValue.Integers([5, 5, 5])),
            new("augmentation", new HyperparameterValue.Flag(true)),
            new("schedule", new HyperparameterValue.Text("cosine")),
            new("warmup_epochs", new HyperparameterValue.Integer(4)),
        ]);
        Assert.True(Sweep.Space.Contains(best));
        Assert.Equal(MixedSpace.Best, MixedSpace.Accuracy((NetworkConfiguration)Sweep.Space.Resolve(Sweep.Base, best)), 1e-4);
    }

    private static NetworkConfiguration TrialAt(JsonElement golden)
    {
        var point = golden.GetProperty("p");
        var values = new List<KeyValuePair<string, HyperparameterValue>>
        {
            new("learning_rate", new HyperparameterValue.Number(point.GetProperty("lr").GetDouble())),
            new("weight_decay", new HyperparameterValue.Number(point.GetProperty("weight_decay").GetDouble())),
            new("momentum", new HyperparameterValue.Number(point.GetProperty("momentum").GetDouble())),
            new("batch_size", new HyperparameterValue.Integer(point.GetProperty("batch").GetInt32())),
            new("blocks", new HyperparameterValue.Integers([.. point.GetProperty("layout").GetString()!.Split('-').Select(int.Parse)])),
            new("augmentation", new HyperparameterValue.Flag(point.GetProperty("augment").GetBoolean())),
            new("schedule", new HyperparameterValue.Text(point.GetProperty("schedule").GetString()!)),
        };
        if (point.TryGetProperty("gamma", out var gamma)) values.Add(new("decay_factor", new HyperparameterValue.Number(gamma.GetDouble())));
        if (point.TryGetProperty("drops", out var drops)) values.Add(new("cutout", new HyperparameterValue.Integer(drops.GetInt32())));
        if (point.TryGetProperty("warmup", out var warmup)) values.Add(new("warmup_epochs", new HyperparameterValue.Integer(warmup.GetInt32())));
        return (NetworkConfiguration)Sweep.Space.Resolve(Sweep.Base, new Hyperparameters(values));
    }
}
