using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Sweep.Shared.Protocol;

/// <summary>How protocol messages look on the wire: generated at compile time, so that no type name is ever resolved from a message.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WorkerAvailable))]
[JsonSerializable(typeof(EpochReported))]
[JsonSerializable(typeof(AttemptEnded))]
[JsonSerializable(typeof(Heartbeat))]
[JsonSerializable(typeof(StartAttempt))]
[JsonSerializable(typeof(EpochAcknowledged))]
[JsonSerializable(typeof(EndAcknowledged))]
[JsonSerializable(typeof(StopAttempt))]
[JsonSerializable(typeof(WorkerNoted))]
[JsonSerializable(typeof(NetworkConfiguration))]
[JsonSerializable(typeof(CustomConfiguration))]
[JsonSerializable(typeof(Metric))]
[JsonSerializable(typeof(string))]
public sealed partial class ProtocolJson : JsonSerializerContext
{
    /// <summary>A message that lacks a field without a default, or has null where none may be, is refused here and not found out by an actor.</summary>
    public static JsonSerializerOptions Strict => field ??= new JsonSerializerOptions(Default.Options)
    {
        RespectNullableAnnotations = true,
        TypeInfoResolver = ((IJsonTypeInfoResolver)Default).WithAddedModifier(RequireFieldsWithoutDefault),
    };

    private static void RequireFieldsWithoutDefault(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
            if (property.AssociatedParameter is { IsNullable: false, HasDefaultValue: false }) property.IsRequired = true;
    }
}
