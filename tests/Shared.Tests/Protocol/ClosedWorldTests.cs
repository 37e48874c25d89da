using System.Runtime.CompilerServices;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.SysMsg;
using Sweep.Shared.Protocol;
using Sweep.Shared.Tests.Wire;

namespace Sweep.Shared.Tests.Protocol;

public sealed class ClosedWorldTests
{
    [Fact]
    public async Task Each_serializer_that_Akka_brings_is_replaced()
    {
        await using var node = await TestNode.CoordinatorAsync(null);
        var names = node.System.Settings.Config.GetConfig("akka.actor.serializers").AsEnumerable().Select(entry => entry.Key);
        Assert.Equal("", string.Join(" ", names.Except(ClosedWorld.SerializerNames)));
        Assert.DoesNotContain(node.Log, line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_outside_the_protocol_is_read()
    {
        await using var node = await TestNode.CoordinatorAsync(null);
        var serialization = node.System.Serialization;
        string[] manifests =
        [
            "", Canary.TypeName, "STF", "ID", "K", "PP", "CF", "S", "HB", "Akka.Cluster.InternalClusterAction+Join, Akka.Cluster", "Akka.Cluster.ClusterUserAction+Down, Akka.Cluster",
            .. new[] { typeof(Failed), typeof(Create), typeof(Terminate) }.Select(type => type.AssemblyQualifiedName!),
        ];
        for (var identifier = -1; identifier <= 100; identifier++)
            foreach (var manifest in manifests)
                Assert.ThrowsAny<Exception>(() => serialization.Deserialize("{}"u8.ToArray(), identifier, manifest));
        Assert.Equal(0, Canary.Built);
    }

    /// <summary>A canary that cannot sing proves nothing: Akka as it comes builds one from its name, and a node here does not.</summary>
    [Fact]
    public async Task A_type_that_a_message_names_is_not_built()
    {
        var bytes = Encoding.UTF8.GetBytes($$"""{"$type":"{{Canary.TypeName}}"}""");
        using (var open = ActorSystem.Create("open", ConfigurationFactory.ParseString("akka.loglevel = OFF")))
            Assert.IsType<Canary>(open.Serialization.Deserialize(bytes, 1, ""));
        Assert.Equal(1, Canary.Built);
        Canary.Built = 0;

        await using var node = await TestNode.CoordinatorAsync(null);
        Assert.Throws<SerializationException>(() => node.System.Serialization.Deserialize(bytes, 1, ""));
        Assert.Equal(0, Canary.Built);
    }

    [Fact]
    public async Task An_envelope_holds_a_message_and_no_other_envelope()
    {
        await using var node = await TestNode.CoordinatorAsync(null);
        var serialization = node.System.Serialization;
        var envelope = new ActorSelectionMessage(new WorkerNoted(new WorkerId("w")), [new SelectChildName("user")]);
        var serializer = serialization.FindSerializerFor(envelope);
        var read = Assert.IsType<ActorSelectionMessage>(serialization.Deserialize(serializer.ToBinary(envelope), serializer.Identifier, ""));
        Assert.Equal(envelope.Message, read.Message);
        var nested = serializer.ToBinary(new ActorSelectionMessage(envelope, [new SelectChildName("user")]));
        Assert.ThrowsAny<SerializationException>(() => serialization.Deserialize(nested, serializer.Identifier, ""));
    }

    [Fact]
    public async Task Nothing_outside_the_protocol_is_written()
    {
        await using var node = await TestNode.CoordinatorAsync(null);
        foreach (var message in new object[] { "text", 1, new byte[1], new Identify(null), PoisonPill.Instance, new Canary() })
            Assert.Throws<SerializationException>(() => node.System.Serialization.FindSerializerFor(message).ToBinary(message));
        Canary.Built = 0;
    }


    public sealed class Canary
    {
        public static readonly string TypeName = typeof(Canary).AssemblyQualifiedName!;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public Canary() => Built++;

        public static int Built { get; set; }
    }
}
