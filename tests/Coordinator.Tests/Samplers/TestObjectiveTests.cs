using System.Text.Json;
using Sweep.Bench.Search;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Samplers;

/// <summary>The functions that samplers are compared by are the same on both sides of the comparison: values from the Python side.</summary>
public sealed class TestObjectiveTests
{
    private static readonly JsonElement Golden =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Samplers", "objectives.golden.json"))).RootElement;

    [Fact]
    public void Standard_functions_have_the_values_of_the_other_side()
    {
        foreach (var function in Golden.GetProperty("standard").EnumerateArray())
        {
            var objective = TestObjective.All.Single(candidate => candidate.Name == function.GetProperty("name").GetString());
            foreach (var point in function.GetProperty("points").EnumerateArray())
            {
                var x = point.GetProperty("x").EnumerateArray().Select(coordinate => coordinate.GetDouble());
                var trial = new Hyperparameters(objective.Space.Parameters.Zip(x, (parameter, coordinate) =>
                    KeyValuePair.Create(parameter.Name, (HyperparameterValue)new HyperparameterValue.Number(coordinate))));
                var expected = point.GetProperty("f").GetDouble();
                Assert.True(objective.Space.Contains(trial));
                Assert.Equal(expected, objective.Value(trial), 1e-12 * Math.Max(1, Math.Abs(expected)));
            }
        }
    }

    [Fact]
    public void The_mixed_function_has_the_values_of_the_other_side()
    {
        foreach (var point in Golden.GetProperty("mixed").EnumerateArray())
        {
            var trial = Trial(point.GetProperty("p"));
            Assert.True(MixedFunction.Space.Contains(trial), trial.ToString());
            Assert.Equal(point.GetProperty("accuracy").GetDouble(), MixedFunction.Accuracy(trial), 1e-12);
        }
    }

    private static Hyperparameters Trial(JsonElement p)
    {
        Dictionary<string, string> names = new()
        {
            ["learning_rate"] = "lr",
            ["batch_size"] = "batch",
            ["blocks"] = "layout",
            ["augmentation"] = "augment",
            ["decay_factor"] = "gamma",
            ["accumulate"] = "drops",
            ["warmup_epochs"] = "warmup",
        };
        return new Hyperparameters(MixedFunction.Space.Parameters
            .Where(parameter => p.TryGetProperty(names.GetValueOrDefault(parameter.Name, parameter.Name), out _))
            .Select(parameter => KeyValuePair.Create(
                parameter.Name, Value(parameter, p.GetProperty(names.GetValueOrDefault(parameter.Name, parameter.Name))))));
    }

    private static HyperparameterValue Value(Parameter parameter, JsonElement value) => (parameter.Name, value.ValueKind) switch
    {
        ("blocks", _) => new HyperparameterValue.Integers(value.GetString()!.Split('-').Select(int.Parse).ToValueArray()),
        (_, JsonValueKind.True or JsonValueKind.False) => new HyperparameterValue.Flag(value.GetBoolean()),
        (_, JsonValueKind.String) => new HyperparameterValue.Text(value.GetString()!),
        _ when parameter.Domain is LatticeDomain => new HyperparameterValue.Integer(value.GetInt64()),
        _ => new HyperparameterValue.Number(value.GetDouble()),
    };
}
