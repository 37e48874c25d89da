using System.Text.Json;
using static Sweep.Shared.HyperparameterValue;

namespace Sweep.Shared.Tests;

public sealed class HyperparameterJsonTests
{
    public static TheoryData<string, string> Values => new()
    {
        { JsonSerializer.Serialize<HyperparameterValue>(new Number(0.1)), "0.1" },
        { JsonSerializer.Serialize<HyperparameterValue>(new Number(2)), "2.0" },
        { JsonSerializer.Serialize<HyperparameterValue>(new Number(1e-5)), "1E-05" },
        { JsonSerializer.Serialize<HyperparameterValue>(new Integer(2)), "2" },
        { JsonSerializer.Serialize<HyperparameterValue>(new Flag(true)), "true" },
        { JsonSerializer.Serialize<HyperparameterValue>(new Text("sgd")), "\"sgd\"" },
        { JsonSerializer.Serialize<HyperparameterValue>(new Integers([3, 4])), "[3,4]" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Values_are_natural_JSON(string json, string expected) => Assert.Equal(expected, json);

    [Fact]
    public void Hyperparameters_come_back_with_their_kinds_and_their_order()
    {
        var hyperparameters = new Hyperparameters([
            new("weight_decay", new Number(1e-5)),
            new("momentum", new Number(0)),
            new("epochs", new Integer(10)),
            new("augmentation", new Flag(false)),
            new("optimizer", new Text("adamw")),
            new("blocks", new Integers([3, 4, 6, 3])),
            new("learning_rate", new Number(0.1 + 0.2)),
        ]);

        var again = JsonSerializer.Deserialize<Hyperparameters>(JsonSerializer.Serialize(hyperparameters));

        Assert.Equal(hyperparameters, again);
        Assert.Equal(hyperparameters.GetHashCode(), again!.GetHashCode());
    }

    [Fact]
    public void No_hyperparameters_are_an_empty_object() => Assert.Equal("{}", JsonSerializer.Serialize(Hyperparameters.None));
}
