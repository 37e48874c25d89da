using System.Buffers.Binary;
using System.Text;
using Sweep.Shared.Protocol;

namespace Sweep.Bench.Fuzz;

/// <summary>Everything that one connection sends. The same random numbers, the same bytes.</summary>
internal sealed class Attack(Random random, int targetPort)
{
    private const int FrameLimit = 128_000;

    private static readonly string[] Recipients =
        ["user/sweep", "user/worker", "user", "", "remote", "system/cluster/core/daemon", "system/cluster/heartbeatReceiver", "system/remote-watcher", "user/nobody"];

    /// <summary>Manifests of every serializer that Akka has, of the protocol, and of what must not be built.</summary>
    private static readonly string[] Manifests =
    [
        .. ProtocolSerializer.Table.Select(entry => entry.Manifest), "zz9", "", Canary.Name,
        "STF", "STS", "ID", "AID", "CF", "K", "PP", "RWHB", "RORRP", "S",
        "Akka.Dispatch.SysMsg.Failed, Akka", "Akka.Dispatch.SysMsg.Create, Akka", "Akka.Dispatch.SysMsg.Terminate, Akka", "Akka.Remote.DaemonMsgCreate, Akka.Remote",
        "HB", "HBR", "Akka.Cluster.GossipEnvelope, Akka.Cluster", "Akka.Cluster.InternalClusterAction+Join, Akka.Cluster",
        "Akka.Cluster.InternalClusterAction+Welcome, Akka.Cluster", "Akka.Cluster.GossipStatus, Akka.Cluster", "Akka.Cluster.Routing.ClusterRouterPool, Akka.Cluster",
        "System.IO.FileInfo, System.Private.CoreLib", "System.Diagnostics.Process, System.Diagnostics.Process",
    ];

    private static readonly int[] Serializers = [.. Enumerable.Range(-1, 24), 30, 36, 4711, 4712];

    private static readonly string[] Json =
    [
        """{"worker":{"value":"f"},"device":{"name":"","threads":-1,"memory_bytes":9223372036854775807}}""",
        """{"worker":{"value":"f"},"attempt":{"sweep":{"value":"s"},"trial":{"number":-1},"number":2147483647},"epoch":-5,"epoch_progress":"NaN"}""",
        """{"worker":{"value":"f"},"attempt":{"sweep":{"value":"s"},"trial":{"number":1},"number":1},"ending":"Completed"}""",
        """{"attempt":{"sweep":{"value":"s"},"trial":{"number":1},"number":1},"reason":"\u0000\n\u001b[2J"}""",
        """{"attempt":{"sweep":{"value":"s"},"trial":{"number":1},"number":1},"configuration":{"model":{"blocks":[1e9]}},"seed":1}""",
        $$$"""{"$type":"{{{Canary.Name}}}","worker":{"$type":"{{{Canary.Name}}}","value":"f"}}""",
        "{}", "null", "[]", "",
    ];

    /// <summary>As many envelopes within each other as a frame holds: some ten thousand.</summary>
    private static readonly Lazy<byte[]> DeepPayload = new(BuildDeep);

    public static readonly string[] Kinds = ["random bytes", "huge lengths", "messages", "broken messages", "nested envelopes", "large frames", "half a frame"];

    /// <param name="kind">An index into <see cref="Kinds"/>.</param>
    public IEnumerable<byte[]> Frames(int kind) => kind switch
    {
        0 => [Bytes(random.Next(1, 4096))],
        1 => [HugeLength()],
        2 => [Hello(), .. Many(Message)],
        3 => [Hello(), .. Many(() => Broken(Message()))],
        4 => [Hello(), Nested()],
        5 => [Hello(), .. Many(Large).Take(3)],
        _ => [Hello(), Message()[..^1]],
    };

    private IEnumerable<byte[]> Many(Func<byte[]> frame)
    {
        var count = random.Next(1, 64);
        for (var index = 0; index < count; index++) yield return frame();
    }

    private byte[] Hello() => Pdu.Associate("sweep", "127.0.0.1", random.Next(20_000, 20_064), (ulong)random.Next(1, 1000));

    private byte[] Message()
    {
        if (random.Next(20) == 0) return Pdu.Control((ulong)random.Next(0, 12));
        var payload = Payload();
        if (random.Next(3) == 0) payload = Pdu.Payload(Pdu.Selection(payload, Pick(Recipients).Split('/')), 6, "");
        return Pdu.Message(
            $"akka.tcp://sweep@127.0.0.1:{targetPort}/{Pick(Recipients)}", payload,
            random.Next(2) == 0 ? "akka.tcp://sweep@127.0.0.1:20001/user/fuzz" : null, random.Next(10) == 0 ? (ulong)random.Next(3) : ulong.MaxValue);
    }

    private byte[] Payload() => Pdu.Payload(
        random.Next(5) switch
        {
            0 => Bytes(random.Next(256)),
            1 => Pdu.Exception(Canary.Name),
            2 => [.. Pdu.Field(1, ""), .. Pdu.Field(2, Pdu.Exception(Canary.Name))],
            3 => Broken(Encoding.UTF8.GetBytes(Pick(Json))),
            _ => Encoding.UTF8.GetBytes(Pick(Json)),
        },
        random.Next(3) == 0 ? 4711 : random.Next(10) == 0 ? random.Next() : Pick(Serializers),
        random.Next(10) == 0 ? Convert.ToBase64String(Bytes(random.Next(64))) : Pick(Manifests));

    private byte[] Nested() => Pdu.Message($"akka.tcp://sweep@127.0.0.1:{targetPort}/", DeepPayload.Value);

    private static byte[] BuildDeep()
    {
        var payload = Pdu.Payload(Encoding.UTF8.GetBytes("{}"), 4711, "hb1");
        while (payload.Length < FrameLimit - 500) payload = Pdu.Payload(Pdu.Selection(payload), 6, "");
        return payload;
    }

    private byte[] Large() => Pdu.Message(
        $"akka.tcp://sweep@127.0.0.1:{targetPort}/user/sweep", Pdu.Payload(new byte[random.Next(FrameLimit - 1000, 2 * FrameLimit)], 4711, "er1"));

    private byte[] HugeLength()
    {
        var frame = Bytes(random.Next(4, 200));
        BinaryPrimitives.WriteInt32LittleEndian(frame, random.Next(4) switch { 0 => int.MaxValue, 1 => int.MinValue, 2 => -1, _ => random.Next(FrameLimit, int.MaxValue) });
        return frame;
    }

    /// <summary>Cut short, or with bits flipped; the length in front stays what it was, or not.</summary>
    private byte[] Broken(byte[] bytes)
    {
        var broken = bytes.ToArray();
        for (var flips = random.Next(1, 8); flips > 0 && broken.Length > 0; flips--) broken[random.Next(broken.Length)] ^= (byte)(1 << random.Next(8));
        return random.Next(3) == 0 ? broken[..random.Next(broken.Length + 1)] : broken;
    }

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private T Pick<T>(T[] values) => values[random.Next(values.Length)];
}
