using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Akka.Actor;
using Akka.Serialization;

namespace Sweep.Shared.Protocol;

/// <summary>A closed world: each type that may travel or be stored has one short manifest here, and nothing else is read or written.</summary>
/// <remarks>
/// A manifest, once released, keeps its meaning for ever. A field may be added to its payload if it has a default: who does not
/// know it ignores it, and where it is missing the default stands. Any other change takes a new manifest.
/// </remarks>
/// <param name="json">Knows each type of the table.</param>
public abstract class ManifestSerializer(ExtendedActorSystem system, JsonSerializerOptions json, (string Manifest, Type Type)[] table)
    : SerializerWithStringManifest(system)
{
    private readonly Dictionary<Type, string> _manifests = table.ToDictionary(entry => entry.Type, entry => entry.Manifest);
    private readonly Dictionary<string, JsonTypeInfo> _types = table.ToDictionary(
        entry => entry.Manifest,
        entry => json.GetTypeInfo(entry.Type));

    public override string Manifest(object o) =>
        _manifests.TryGetValue(o.GetType(), out var manifest) ? manifest : throw new SerializationException($"{o.GetType()} has no manifest");

    public override byte[] ToBinary(object obj) => JsonSerializer.SerializeToUtf8Bytes(obj, _types[Manifest(obj)]);

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!_types.TryGetValue(manifest, out var type)) throw new SerializationException($"unknown manifest '{manifest}'");
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new SerializationException($"empty message with manifest '{manifest}'");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or FormatException)
        {
            throw new SerializationException($"malformed message with manifest '{manifest}': {exception.Message}", exception);
        }
    }
}

/// <summary>Messages between coordinator and worker.</summary>
public sealed class ProtocolSerializer(ExtendedActorSystem system) : ManifestSerializer(system, ProtocolJson.Strict, Table)
{
    public static readonly (string Manifest, Type Type)[] Table =
    [
        ("wa1", typeof(WorkerAvailable)),
        ("er1", typeof(EpochReported)),
        ("ae1", typeof(AttemptEnded)),
        ("hb1", typeof(Heartbeat)),
        ("sa1", typeof(StartAttempt)),
        ("ea1", typeof(EpochAcknowledged)),
        ("ka1", typeof(EndAcknowledged)),
        ("st1", typeof(StopAttempt)),
        ("wn1", typeof(WorkerNoted)),
    ];

    public override int Identifier => 4711;
}
