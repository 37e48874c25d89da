using System.Buffers.Binary;
using System.Numerics;

namespace Sweep.Coordinator.Exports.TensorBoard;

/// <summary>
/// TensorFlow's record file: for each record its length (8 bytes, little-endian), the masked CRC-32C of those, the record, and its masked CRC-32C.
/// </summary>
internal static class TfRecord
{
    /// <summary>A checksum of data that holds checksums would be weak: the format rotates and shifts it.</summary>
    private const uint MaskDelta = 0xa282ead8;

    public static void Write(Stream stream, ReadOnlySpan<byte> record)
    {
        Span<byte> header = stackalloc byte[sizeof(ulong) + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[sizeof(ulong)..], MaskedCrc(header[..sizeof(ulong)]));
        stream.Write(header);
        stream.Write(record);
        Span<byte> footer = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(footer, MaskedCrc(record));
        stream.Write(footer);
    }

    public static uint MaskedCrc(ReadOnlySpan<byte> data)
    {
        var crc = Crc32C(data);
        return BitOperations.RotateRight(crc, 15) + MaskDelta;
    }

    /// <summary>Castagnoli's polynomial, by the processor's own instruction where it has one.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (var octet in data) crc = BitOperations.Crc32C(crc, octet);
        return ~crc;
    }
}
