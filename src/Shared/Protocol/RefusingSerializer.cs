using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace Sweep.Shared.Protocol;

/// <summary>
/// Stands in for one of Akka's serializers, under its identifier, and refuses both ways. It takes manifests as text: for others
/// Akka looks up the .NET type that a message names before it asks them anything.
/// </summary>
public sealed class RefusingSerializer(ExtendedActorSystem system, int identifier) : SerializerWithStringManifest(system)
{
    public override int Identifier => identifier;

    public override string Manifest(object o) => throw Outside(o);

    public override byte[] ToBinary(object obj) => throw Outside(obj);

    public override object FromBinary(byte[] bytes, string manifest) =>
        throw new SerializationException($"serializer {identifier} is not part of the protocol");

    private static SerializationException Outside(object message) => new($"{message.GetType()} is not part of the protocol");
}
