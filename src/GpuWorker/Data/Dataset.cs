using Sweep.Shared.Datasets;

namespace Sweep.GpuWorker.Data;

/// <summary>Images with their labels, resident as bytes.</summary>
/// <param name="shape">Of every image.</param>
/// <param name="pixels">Image after image, each channel by channel, row by row.</param>
/// <param name="labels">One class an image, from 0.</param>
public sealed class ImageSet(ImageShape shape, byte[] pixels, long[] labels)
{
    public ImageShape Shape { get; } = shape;

    /// <summary>All images' bytes; their length is a whole number of images, one for each label.</summary>
    public byte[] Pixels { get; } = pixels.Length == (long)shape.Pixels * labels.Length
        ? pixels
        : throw new ArgumentException($"{labels.Length} labels need {(long)shape.Pixels * labels.Length} bytes, not {pixels.Length}", nameof(pixels));

    public long[] Labels { get; } = labels;

    public int Count => Labels.Length;

    /// <summary>One image, channel by channel.</summary>
    public ReadOnlySpan<byte> this[int index] => Pixels.AsSpan(index * Shape.Pixels, Shape.Pixels);
}

/// <summary>A data set as its files are: no split, no limit. A trial trains on a part of it (<see cref="Split"/>).</summary>
public sealed record Dataset(DatasetFacts Facts, ImageSet Train, ImageSet Test)
{
    public long Bytes => Train.Pixels.LongLength + Test.Pixels.LongLength;
}

/// <summary>A data set is missing or broken. The message names the file and what to do.</summary>
public sealed class DatasetException(string message, Exception? inner = null) : Exception(message, inner);
