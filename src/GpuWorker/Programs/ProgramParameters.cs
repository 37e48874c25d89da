using System.Text.Json;
using System.Text.Json.Serialization;
using Sweep.Shared;

namespace Sweep.GpuWorker.Programs;

/// <summary>A trial's parameters as its program is told them.</summary>
internal static class ProgramParameters
{
    /// <summary><c>--learning_rate 0.1 --layers "[64, 32]" --augment true</c>.</summary>
    public static IEnumerable<string> Arguments(Hyperparameters parameters) =>
        parameters.SelectMany(entry => new[] { $"--{entry.Key}", entry.Value.ToString()! });

    /// <summary><c>SWEEP_PARAM_learning_rate=0.1</c>.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Variables(Hyperparameters parameters) =>
        parameters.Select(entry => KeyValuePair.Create($"SWEEP_PARAM_{entry.Key}", entry.Value.ToString()!));

    /// <summary><c>{"learning_rate": 0.1, "layers": [64, 32], "augment": true}</c>.</summary>
    public static byte[] Json(Hyperparameters parameters) => JsonSerializer.SerializeToUtf8Bytes(parameters, ParameterJson.Default.Hyperparameters);
}

[JsonSerializable(typeof(Hyperparameters))]
internal sealed partial class ParameterJson : JsonSerializerContext;
