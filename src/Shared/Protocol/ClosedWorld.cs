using Akka.Actor;
using Akka.Hosting;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace Sweep.Shared.Protocol;

/// <summary>
/// Everything that a node reads from the wire: the protocol's own messages, and an envelope that says for whom they are. Each other
/// serializer that Akka brings is replaced by one that refuses. Several of them would build whatever .NET type a message names, exceptions
/// and actors among them; the cluster's would let whoever reaches a coordinator join it, or declare it dead.
/// </summary>
public static class ClosedWorld
{
    /// <summary>Membership, remote deployment and death watch, routers, sharding, plain values and the like: nothing here needs them.</summary>
    private static readonly (string Name, int Identifier)[] Refused =
    [
        ("null", 0),
        ("json", 1),
        ("proto", 2),
        ("daemon-create", 3),
        ("bytes", 4),
        ("akka-cluster", 5),
        ("akka-persistence-message", 7),
        ("akka-persistence-snapshot", 8),
        ("akka-pubsub", 9),
        ("akka-replicated-data", 11),
        ("akka-data-replication", 12),
        ("akka-sharding", 13),
        ("akka-singleton", 14),
        ("akka-cluster-client", 15),
        ("akka-misc", 16),
        ("primitive", 17),
        ("akka-system-msg", 22),
        ("akka-stream-ref", 30),
        ("reliable-delivery", 36),
    ];

    /// <summary>
    /// Untrusted mode drops messages to Akka's remote daemon, and those that stop an actor; selections reach this actor and no
    /// other. Akka warns of each serializer that is replaced, which here is meant.
    /// </summary>
    private static readonly string Hocon = $$"""
        akka.log-serializer-override-on-start = off
        akka.remote {
          untrusted-mode = on
          trusted-selection-paths = ["/{{string.Join('/', ClusterNames.SweepActorPath)}}"]
        }
        """;

    /// <summary>The names under which Akka knows its serializers.</summary>
    public static IEnumerable<string> SerializerNames => [.. Refused.Select(entry => entry.Name), "akka-containers"];

    public static AkkaConfigurationBuilder WithClosedWorld(this AkkaConfigurationBuilder akka)
    {
        foreach (var (name, identifier) in Refused) akka.With(name, system => new RefusingSerializer(system, identifier));
        return akka
            .With("akka-containers", system => new NarrowedSerializer(system, new MessageContainerSerializer(system), new HashSet<string> { "" }))
            .WithCustomSerializer("sweep-protocol", ProtocolSerializer.Table.Select(entry => entry.Type), system => new ProtocolSerializer(system))
            .AddHocon(Hocon, HoconAddMode.Prepend);
    }

    private static AkkaConfigurationBuilder With(this AkkaConfigurationBuilder akka, string name, Func<ExtendedActorSystem, Serializer> create) =>
        akka.WithCustomSerializer(name, [], create);
}
