using System.Text;
using Sweep.Coordinator.Exports.TensorBoard;

namespace Sweep.Coordinator.Tests.Exports;

public sealed class TfRecordTests
{
    /// <summary>RFC 3720, appendix B.4, and the check value of the CRC catalogue.</summary>
    [Fact]
    public void The_checksum_is_CRC_32C()
    {
        Assert.Equal(0xe3069283u, TfRecord.Crc32C("123456789"u8));
        Assert.Equal(0x8a9136aau, TfRecord.Crc32C(new byte[32]));
        Assert.Equal(0x62a8ab43u, TfRecord.Crc32C(Enumerable.Repeat((byte)0xff, 32).ToArray()));
        Assert.Equal(0x46dd794eu, TfRecord.Crc32C(Enumerable.Range(0, 32).Select(number => (byte)number).ToArray()));
    }

    [Fact]
    public void Records_are_read_back_with_their_checksums()
    {
        using var file = new MemoryStream();
        string[] records = ["brain", "", new('x', 10_000)];
        foreach (var record in records) TfRecord.Write(file, Encoding.UTF8.GetBytes(record));
        Assert.Equal(records, RecordFile.Read(file.ToArray()).Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public void A_bit_that_turned_over_is_noticed()
    {
        using var file = new MemoryStream();
        TfRecord.Write(file, "brain"u8);
        var bytes = file.ToArray();
        bytes[14] ^= 1;
        Assert.Throws<InvalidDataException>(() => RecordFile.Read(bytes));
    }
}
