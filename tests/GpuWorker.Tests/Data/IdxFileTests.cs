using System.Buffers.Binary;
using System.IO.Compression;
using Sweep.GpuWorker.Data;
using Sweep.Shared.Datasets;

namespace Sweep.GpuWorker.Tests.Data;

public sealed class IdxFileTests
{
    private static readonly ImageShape Shape = new(1, 2, 3);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Plain_and_gzipped_files_are_read(bool gzipped)
    {
        var set = Read(Images(2), Labels(1, 0), gzipped);
        Assert.Equal(2, set.Count);
        Assert.Equal([6, 7, 8, 9, 10, 11], set[1].ToArray());
        Assert.Equal([1, 0], set.Labels);
    }

    [Fact]
    public void Another_magic_number_is_an_error() =>
        Fails(Labels(0), Labels(0), "images: offset 0: magic number 0x00000801, expected 0x00000803");

    [Fact]
    public void Another_image_size_is_an_error()
    {
        var images = Images(1);
        images[15] = 4;
        Fails(images, Labels(0), "images: offset 12: size 4, expected 3");
    }

    [Fact]
    public void A_truncated_file_is_an_error() => Fails(Images(2)[..^1], Labels(0, 1), "images: ends at offset 27, expected 28 bytes");

    [Fact]
    public void A_truncated_header_is_an_error() => Fails(Images(2)[..5], Labels(0, 1), "images: ends at offset 5, expected a header of 16 bytes");

    [Fact]
    public void An_oversized_file_is_an_error() => Fails([.. Images(2), 0], Labels(0, 1), "images: goes on at offset 28, expected its end");

    [Fact]
    public void More_images_than_the_data_set_has_are_an_error() => Fails(Images(6), Labels(0, 1), "images: offset 4: 6 items, expected 1 to 5");

    [Fact]
    public void A_label_out_of_range_is_an_error() => Fails(Images(2), Labels(0, 2), "labels: offset 9: label 2, expected one below 2");

    [Fact]
    public void Different_numbers_of_images_and_labels_are_an_error() => Fails(Images(2), Labels(0), "labels: 1 labels, but images has 2 images");

    [Fact]
    public void A_damaged_gzip_file_is_an_error()
    {
        var zipped = Zipped(Images(3));
        zipped[12] ^= 0xFF;
        Fails(zipped, Labels(0), "images: ");
    }

    [Fact]
    public void A_missing_file_is_an_error() =>
        Assert.Contains("nowhere", Assert.Throws<DatasetException>(() => IdxFile.Read("nowhere", "nowhere", Shape, 2, 5)).Message, StringComparison.Ordinal);

    internal static byte[] Images(int count, int height = 2, int width = 3) =>
        [.. Header(0x0803, count, height, width), .. Enumerable.Range(0, count * height * width).Select(value => (byte)value)];

    internal static byte[] Labels(params byte[] labels) => [.. Header(0x0801, labels.Length), .. labels];

    private static byte[] Header(params int[] words)
    {
        var header = new byte[4 * words.Length];
        for (var word = 0; word < words.Length; word++) BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 * word), words[word]);
        return header;
    }

    private static byte[] Zipped(byte[] content)
    {
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.Fastest)) zip.Write(content);
        return zipped.ToArray();
    }

    private static ImageSet Read(byte[] images, byte[] labels, bool gzipped = false) => IdxFile.Read(
        new MemoryStream(gzipped ? Zipped(images) : images), "images", new MemoryStream(gzipped ? Zipped(labels) : labels), "labels", Shape, 2, most: 5);

    private static void Fails(byte[] images, byte[] labels, string message) =>
        Assert.StartsWith(message, Assert.Throws<DatasetException>(() => Read(images, labels)).Message, StringComparison.Ordinal);
}
