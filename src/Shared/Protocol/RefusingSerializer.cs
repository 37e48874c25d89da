using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace Sweep.Shared.Protocol;

/// <summary>
/// Stands in for one of Akka's reflective serializers, under its name and identifier, and refuses both ways: those would build
/// whatever .NET type a message names.
/// </summary>
public abstract class RefusingSerializer(ExtendedActorSystem system, int identifier) : Serializer(system)
{
    public override int Identifier => identifier;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType()} is not part of the protocol");

    public override object FromBinary(byte[] bytes, Type type) =>
        throw new SerializationException($"a message for serializer {identifier} is not part of the protocol");

    internal static string Hocon { get; } = Replace(
        ("json", typeof(RefusingJsonSerializer), 1),
        ("proto", typeof(RefusingProtobufSerializer), 2),
        ("daemon-create", typeof(RefusingDaemonSerializer), 3));

    private static string Replace(params (string Name, Type Type, int Identifier)[] serializers) => string.Join('\n', serializers.Select(entry =>
        $"""
        akka.actor.serializers.{entry.Name} = "{TypeName(entry.Type)}"
        akka.actor.serialization-identifiers."{TypeName(entry.Type)}" = {entry.Identifier}
        """));

    private static string TypeName(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}

/// <summary>Instead of Newtonsoft.Json, which reads a type's name from the message.</summary>
public sealed class RefusingJsonSerializer(ExtendedActorSystem system) : RefusingSerializer(system, 1)
{
    // Akka gives the serializer called `json` its settings too.
    public RefusingJsonSerializer(ExtendedActorSystem system, Config settings) : this(system) => _ = settings;
}

/// <summary>Instead of the one that takes any Protobuf type by name.</summary>
public sealed class RefusingProtobufSerializer(ExtendedActorSystem system) : RefusingSerializer(system, 2);

/// <summary>Instead of remote deployment of actors.</summary>
public sealed class RefusingDaemonSerializer(ExtendedActorSystem system) : RefusingSerializer(system, 3);
