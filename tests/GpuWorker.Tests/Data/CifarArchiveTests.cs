using Sweep.GpuWorker.Data;
using Sweep.Shared.Datasets;

namespace Sweep.GpuWorker.Tests.Data;

public sealed class CifarArchiveTests
{
    private const int Record = 2 + 3072;
    private static readonly CifarArchive Archive = CifarArchive.Of(DatasetName.Cifar100);

    [Fact]
    public void The_fine_label_and_the_pixels_are_read()
    {
        using var folder = new TemporaryFolder();
        Write(folder, train: [.. Image(coarse: 3, fine: 99, pixel: 5), .. Image(1, 7, 9)], test: Image(0, 0, 1));
        var data = Archive.ReadFolder(folder.Path);
        Assert.Equal([99, 7], data.Train.Labels);
        Assert.All(data.Train[1].ToArray(), pixel => Assert.Equal(9, pixel));
        Assert.Equal(1, data.Test.Count);
    }

    [Fact]
    public void A_truncated_file_is_an_error() =>
        Fails(Image(0, 0, 0)[..^1], "train.bin: ends at offset 3073, in the middle of record 1; expected whole records of 3074 bytes");

    [Fact]
    public void An_empty_file_is_an_error() => Fails([], "train.bin: ends at offset 0");

    [Fact]
    public void A_label_out_of_range_is_an_error() =>
        Fails([.. Image(0, 0, 0), .. Image(0, 100, 0)], $"train.bin: offset {Record + 1}: label 100, expected one below 100");

    [Fact]
    public void A_file_with_too_many_records_is_an_error()
    {
        using var folder = new TemporaryFolder();
        Write(folder, train: Image(0, 0, 0), test: []);
        using (var file = File.OpenWrite(folder["test.bin"])) file.SetLength(10_001L * Record);
        var failure = Assert.Throws<DatasetException>(() => Archive.ReadFolder(folder.Path));
        Assert.Contains("at most 10000 records", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_that_lacks_a_file_or_is_no_archive_is_an_error()
    {
        using var folder = new TemporaryFolder();
        TarGz.Write(folder["some.tar.gz"], ("cifar-100-binary/train.bin", Image(0, 0, 0)));
        File.WriteAllText(folder["none.tar.gz"], "no archive");
        Assert.Contains("lacks test.bin", Assert.Throws<DatasetException>(() => Archive.Unpack(folder["some.tar.gz"], folder.Path)).Message, StringComparison.Ordinal);
        Assert.Throws<DatasetException>(() => Archive.Unpack(folder["none.tar.gz"], folder.Path));
    }

    internal static byte[] Image(byte coarse, byte fine, byte pixel) => [coarse, fine, .. Enumerable.Repeat(pixel, 3072)];

    private static void Write(TemporaryFolder folder, byte[] train, byte[] test)
    {
        File.WriteAllBytes(folder["train.bin"], train);
        File.WriteAllBytes(folder["test.bin"], test);
    }

    private static void Fails(byte[] train, string message)
    {
        using var folder = new TemporaryFolder();
        Write(folder, train, Image(0, 0, 0));
        Assert.Contains(message, Assert.Throws<DatasetException>(() => Archive.ReadFolder(folder.Path)).Message, StringComparison.Ordinal);
    }
}
