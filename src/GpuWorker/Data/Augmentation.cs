using Sweep.Shared;
using Sweep.Shared.Datasets;

namespace Sweep.GpuWorker.Data;

/// <summary>What chance does to one image.</summary>
/// <param name="Top">Row of the crop's first pixel in the unpadded image, in ± crop padding.</param>
/// <param name="Left">Likewise its column.</param>
/// <param name="Radians">Angle of the rotation.</param>
/// <param name="CutRow">Row of the cutout's centre.</param>
/// <param name="CutColumn">Its column.</param>
public readonly record struct AugmentationDraw(int Top, int Left, bool Flip, double Radians, int CutRow, int CutColumn)
{
    /// <summary>The draw for the image at <paramref name="position"/> of an epoch: every image of every epoch has its own, and always the same.</summary>
    public static AugmentationDraw At(AugmentationSettings settings, ImageShape shape, long seed, int epoch, int position)
    {
        var random = new CounterRandom(seed, RandomStream.Augmentation, epoch, position);
        return new AugmentationDraw(
            random.NextInt(2 * settings.CropPadding + 1) - settings.CropPadding,
            random.NextInt(2 * settings.CropPadding + 1) - settings.CropPadding,
            (random.NextUInt64() & 1) == 1 && settings.HorizontalFlip,
            (2 * random.NextDouble() - 1) * settings.RotationDegrees * Math.PI / 180,
            random.NextInt(shape.Height),
            random.NextInt(shape.Width));
    }
}

/// <summary>
/// Writes one image as floats: crop, flip, rotate, normalise, cut out, in this order.
/// Crop and rotation bring in black (0 before normalisation), as torchvision's <c>RandomCrop</c> and <c>RandomRotation</c> do;
/// cutout brings in the mean (0 after it), as DeVries and Taylor 2017 do.
/// </summary>
internal sealed class ImageWriter
{
    private readonly ImageShape _shape;
    private readonly Normalization _normalization;
    private readonly float[][] _tables;

    public ImageWriter(ImageShape shape, Normalization normalization)
    {
        _shape = shape;
        _normalization = normalization;
        _tables = [.. Enumerable.Range(0, shape.Channels).Select(normalization.Table)];
    }

    /// <summary>The image as it is.</summary>
    /// <param name="image">Channel by channel, as in <see cref="ImageSet"/>.</param>
    /// <param name="output">Pixel by pixel, its channels together.</param>
    public void Write(ReadOnlySpan<byte> image, Span<float> output)
    {
        var plane = _shape.Height * _shape.Width;
        for (var channel = 0; channel < _shape.Channels; channel++)
        {
            var table = _tables[channel];
            var source = image.Slice(channel * plane, plane);
            for (int pixel = 0, at = channel; pixel < source.Length; pixel++, at += _shape.Channels) output[at] = table[source[pixel]];
        }
    }

    /// <summary>The image as <paramref name="draw"/> changes it.</summary>
    public void Write(ReadOnlySpan<byte> image, Span<float> output, AugmentationDraw draw, int cutout)
    {
        if (draw.Radians == 0) WriteCropped(image, output, draw);
        else WriteRotated(image, output, draw);
        if (cutout > 0) CutOut(output, draw, cutout);
    }

    private void WriteCropped(ReadOnlySpan<byte> image, Span<float> output, AugmentationDraw draw)
    {
        var (channels, height, width) = (_shape.Channels, _shape.Height, _shape.Width);
        for (var channel = 0; channel < channels; channel++)
        {
            var table = _tables[channel];
            var at = channel;
            for (var row = 0; row < height; row++)
            {
                var sourceRow = row + draw.Top;
                var source = sourceRow >= 0 && sourceRow < height ? image.Slice((channel * height + sourceRow) * width, width) : default;
                for (var column = 0; column < width; column++, at += channels)
                {
                    var sourceColumn = (draw.Flip ? width - 1 - column : column) + draw.Left;
                    output[at] = table[(uint)sourceColumn < (uint)source.Length ? source[sourceColumn] : 0];
                }
            }
        }
    }

    /// <summary>Each output pixel looks up where it came from, between four pixels of the cropped image.</summary>
    private void WriteRotated(ReadOnlySpan<byte> image, Span<float> output, AugmentationDraw draw)
    {
        var (sine, cosine) = Math.SinCos(draw.Radians);
        var (middleRow, middleColumn) = ((_shape.Height - 1) / 2.0, (_shape.Width - 1) / 2.0);
        var at = 0;
        for (var row = 0; row < _shape.Height; row++)
            for (var column = 0; column < _shape.Width; column++)
            {
                var (down, right) = (row - middleRow, column - middleColumn);
                var sourceRow = middleRow + cosine * down + sine * right;
                var sourceColumn = middleColumn - sine * down + cosine * right;
                for (var channel = 0; channel < _shape.Channels; channel++)
                    output[at++] = _normalization.Apply(channel, Between(image, draw, channel, sourceRow, sourceColumn));
            }
    }

    private float Between(ReadOnlySpan<byte> image, AugmentationDraw draw, int channel, double row, double column)
    {
        var (top, left) = ((int)Math.Floor(row), (int)Math.Floor(column));
        var (down, right) = ((float)(row - top), (float)(column - left));
        var above = (1 - right) * Cropped(image, draw, channel, top, left) + right * Cropped(image, draw, channel, top, left + 1);
        var below = (1 - right) * Cropped(image, draw, channel, top + 1, left) + right * Cropped(image, draw, channel, top + 1, left + 1);
        return (1 - down) * above + down * below;
    }

    private byte Cropped(ReadOnlySpan<byte> image, AugmentationDraw draw, int channel, int row, int column)
    {
        if ((uint)row >= (uint)_shape.Height || (uint)column >= (uint)_shape.Width) return 0;
        row += draw.Top;
        column = (draw.Flip ? _shape.Width - 1 - column : column) + draw.Left;
        if ((uint)row >= (uint)_shape.Height || (uint)column >= (uint)_shape.Width) return 0;
        return image[(channel * _shape.Height + row) * _shape.Width + column];
    }

    /// <summary>A square of <paramref name="side"/> pixels around the draw's centre; what lies outside the image is lost.</summary>
    private void CutOut(Span<float> output, AugmentationDraw draw, int side)
    {
        var left = Math.Max(0, draw.CutColumn - side / 2);
        var right = Math.Min(_shape.Width, draw.CutColumn - side / 2 + side);
        for (var row = Math.Max(0, draw.CutRow - side / 2); row < Math.Min(_shape.Height, draw.CutRow - side / 2 + side); row++)
            output[((row * _shape.Width + left) * _shape.Channels)..((row * _shape.Width + right) * _shape.Channels)].Clear();
    }
}
