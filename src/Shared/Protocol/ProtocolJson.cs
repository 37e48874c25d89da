using System.Text.Json.Serialization;

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
public sealed partial class ProtocolJson : JsonSerializerContext;
