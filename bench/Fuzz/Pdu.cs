using System.Buffers.Binary;
using System.Text;

namespace Sweep.Bench.Fuzz;

/// <summary>Akka's protocol data units as bytes: Protobuf by hand, so that it can be wrong wherever one wants.</summary>
internal static class Pdu
{
    private const ulong Unreliable = ulong.MaxValue;

    /// <summary>What a connection begins with.</summary>
    public static byte[] Associate(string system, string host, int port, ulong uid) => Frame(Field(2, [
        .. Number(1, 1),
        .. Field(2, [.. Field(1, [.. Field(1, system), .. Field(2, host), .. Number(3, (ulong)port), .. Field(4, "tcp")]), .. Fixed(2, uid)])]));

    public static byte[] Control(ulong command) => Frame(Field(2, Number(1, command)));

    public static byte[] Message(string recipient, byte[] payload, string? sender = null, ulong sequence = Unreliable) => Frame(Field(1, Field(2, [
        .. Field(1, Field(1, recipient)),
        .. Field(2, payload),
        .. sender is null ? [] : Field(4, Field(1, sender)),
        .. Fixed(5, sequence)])));

    public static byte[] Payload(byte[] message, int serializer, string manifest) =>
        [.. Field(1, message), .. Number(2, unchecked((ulong)serializer)), .. Field(3, manifest)];

    /// <summary>The inside of an actor selection.</summary>
    public static byte[] Selection(byte[] payload, params string[] path) =>
        [.. Field(1, payload), .. path.SelectMany(name => Field(2, [.. Number(1, 1), .. Field(2, name)]))];

    /// <summary>An exception as Akka's serializers for system messages and failures carry it: by the name of its type.</summary>
    public static byte[] Exception(string type) => [.. Field(1, type), .. Field(2, "fuzz")];

    public static byte[] Frame(byte[] pdu)
    {
        var frame = new byte[4 + pdu.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, pdu.Length);
        pdu.CopyTo(frame, 4);
        return frame;
    }

    public static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    public static byte[] Field(int number, byte[] content) => [.. Variable((ulong)(number << 3 | 2)), .. Variable((ulong)content.Length), .. content];

    private static byte[] Number(int number, ulong value) => [.. Variable((ulong)(number << 3)), .. Variable(value)];

    private static byte[] Fixed(int number, ulong value)
    {
        var bytes = new byte[9];
        bytes[0] = (byte)(number << 3 | 1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(1), value);
        return bytes;
    }

    private static byte[] Variable(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
