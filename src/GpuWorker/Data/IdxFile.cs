using System.Buffers.Binary;
using System.IO.Compression;
using Sweep.Shared.Datasets;

namespace Sweep.GpuWorker.Data;

/// <summary>
/// The IDX format of MNIST and its kin, plain or gzipped: a big-endian magic number (0x0000, type, dimensions), each dimension's
/// size as 32 bits, then the bytes (LeCun, Cortes and Burges, "The MNIST database of handwritten digits").
/// </summary>
public static class IdxFile
{
    private const uint ImagesMagic = 0x0803;
    private const uint LabelsMagic = 0x0801;

    /// <summary>Images and labels of one part of a data set.</summary>
    /// <param name="most">More images than this are an error: the file belongs to something else.</param>
    /// <exception cref="DatasetException">A file is missing, damaged, or not what was expected; names file, offset and expectation.</exception>
    public static ImageSet Read(string imagesPath, string labelsPath, ImageShape shape, int classes, int most)
    {
        using var images = Open(imagesPath);
        using var labels = Open(labelsPath);
        return Read(images, imagesPath, labels, labelsPath, shape, classes, most);
    }

    /// <summary>The same from streams; the names serve the messages.</summary>
    public static ImageSet Read(
        Stream images, string imagesName, Stream labels, string labelsName, ImageShape shape, int classes, int most)
    {
        var pixels = ReadBody(images, imagesName, ImagesMagic, [shape.Height, shape.Width], most, out var imageCount);
        var classOf = ReadBody(labels, labelsName, LabelsMagic, [], most, out var labelCount);
        if (imageCount != labelCount)
            throw new DatasetException($"{labelsName}: {labelCount} labels, but {imagesName} has {imageCount} images");
        var wrong = classOf.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(classes - 1));
        if (wrong >= 0)
            throw new DatasetException($"{labelsName}: offset {8 + wrong}: label {classOf[wrong]}, expected one below {classes}");
        return new ImageSet(shape, pixels, Array.ConvertAll(classOf, label => (long)label));
    }

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path}: {failure.Message}", failure);
        }
    }

    private static byte[] ReadBody(Stream stream, string name, uint magic, int[] sizes, int most, out int count)
    {
        try
        {
            using var plain = Unzipped(stream);
            var header = new byte[8 + 4 * sizes.Length];
            var read = plain.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
            CheckMagic(header, read, name, magic);
            if (read < header.Length) throw new DatasetException($"{name}: ends at offset {read}, expected a header of {header.Length} bytes");
            count = CheckSizes(header, name, sizes, most);
            var body = new byte[count * sizes.Aggregate(1, (product, size) => product * size)];
            read = plain.ReadAtLeast(body, body.Length, throwOnEndOfStream: false);
            if (read < body.Length)
                throw new DatasetException($"{name}: ends at offset {header.Length + read}, expected {header.Length + body.Length} bytes");
            if (plain.ReadByte() >= 0)
                throw new DatasetException($"{name}: goes on at offset {header.Length + body.Length}, expected its end");
            return body;
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException)
        {
            throw new DatasetException($"{name}: damaged: {failure.Message}", failure);
        }
    }

    private static void CheckMagic(byte[] header, int read, string name, uint magic)
    {
        var found = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (read >= sizeof(uint) && found != magic)
            throw new DatasetException($"{name}: offset 0: magic number 0x{found:X8}, expected 0x{magic:X8}");
    }

    private static int CheckSizes(byte[] header, string name, int[] sizes, int most)
    {
        var count = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
        if (count == 0 || count > most) throw new DatasetException($"{name}: offset 4: {count} items, expected 1 to {most}");
        for (var dimension = 0; dimension < sizes.Length; dimension++)
        {
            var offset = 8 + 4 * dimension;
            var size = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(offset));
            if (size != sizes[dimension]) throw new DatasetException($"{name}: offset {offset}: size {size}, expected {sizes[dimension]}");
        }
        return (int)count;
    }

    private static Stream Unzipped(Stream stream)
    {
        var start = new byte[2];
        var read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Seek(-read, SeekOrigin.Current);
        return start is [0x1F, 0x8B] ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }
}
