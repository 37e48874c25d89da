using System.Buffers.Binary;

namespace Sweep.Coordinator.Tests.Exports;

/// <summary>Reads TensorFlow's record files as their documentation describes them, with a checksum of its own, bit by bit.</summary>
internal static class RecordFile
{
    public static List<byte[]> Read(ReadOnlySpan<byte> file)
    {
        var records = new List<byte[]>();
        while (!file.IsEmpty)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
            Check(file[..8], file[8..12]);
            var record = file.Slice(12, length);
            Check(record, file.Slice(12 + length, 4));
            records.Add(record.ToArray());
            file = file[(16 + length)..];
        }
        return records;
    }

    private static void Check(ReadOnlySpan<byte> data, ReadOnlySpan<byte> checksum)
    {
        var crc = Crc(data);
        var masked = ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
        if (BinaryPrimitives.ReadUInt32LittleEndian(checksum) != masked) throw new InvalidDataException("a checksum is wrong");
    }

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = 0xffffffffu;
        foreach (var octet in data)
        {
            crc ^= octet;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82f63b78u;
        }
        return ~crc;
    }
}
