using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace Sweep.Shared.Protocol;

/// <summary>One of Akka's own serializers, for the manifests that are needed and no other. A message may not hold another of its kind.</summary>
/// <param name="inner">Does the work.</param>
/// <param name="manifests">What may be written and read; the empty one where <paramref name="inner"/> has a single kind of message.</param>
public sealed class NarrowedSerializer(ExtendedActorSystem system, Serializer inner, IReadOnlySet<string> manifests) : SerializerWithStringManifest(system)
{
    /// <summary>Messages within messages are read by recursion: a frame of nothing but envelopes would exhaust the stack.</summary>
    [ThreadStatic]
    private static NarrowedSerializer? _reading;

    public override int Identifier => inner.Identifier;

    public override string Manifest(object o) => Allowed(inner is SerializerWithStringManifest named ? named.Manifest(o) : "");

    public override byte[] ToBinary(object obj) => inner.ToBinary(obj);

    public override object FromBinary(byte[] bytes, string? manifest)
    {
        Allowed(manifest ?? "");
        if (_reading == this) throw new SerializationException("an envelope within an envelope is not part of the protocol");
        var outer = _reading;
        _reading = this;
        try
        {
            return inner is SerializerWithStringManifest named ? named.FromBinary(bytes, manifest ?? "") : inner.FromBinary(bytes, type: null);
        }
        finally
        {
            _reading = outer;
        }
    }

    private string Allowed(string manifest) =>
        manifests.Contains(manifest) ? manifest : throw new SerializationException($"manifest '{manifest}' of serializer {Identifier} is not part of the protocol");
}
