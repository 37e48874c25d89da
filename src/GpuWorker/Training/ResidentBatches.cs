using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Kernels;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Training;

/// <summary>All images of a set as bytes on the device, pixel by pixel.</summary>
internal sealed class ResidentImages : IDisposable
{
    /// <remarks>Call it outside any dispose scope that ends before the images do.</remarks>
    public ResidentImages(ImageSet images, Device device)
    {
        using var scope = NewDisposeScope();
        Shape = images.Shape;
        Pixels = from_array(images.Pixels).view(images.Count, Shape.Channels, Shape.Height, Shape.Width).to(device)
            .permute(0, 2, 3, 1).contiguous().view(-1, Shape.Channels).DetachFromDisposeScope();
        Labels = from_array(images.Labels).to(device, copy: true).DetachFromDisposeScope();
    }

    public ImageShape Shape { get; }

    /// <summary>Pixels of all images × channels, of bytes.</summary>
    public Tensor Pixels { get; }

    public Tensor Labels { get; }

    public void Dispose()
    {
        Pixels.Dispose();
        Labels.Dispose();
    }
}

/// <summary>
/// Batches that the device makes for itself from <see cref="ResidentImages"/>: every image's draw, the same as <see cref="ImageWriter"/> obeys,
/// becomes indices of pixels, and the whole batch is gathered at once.
/// </summary>
internal sealed class ResidentBatches(ResidentImages images, int[] indices, int batchSize, Normalization normalization) : IBatchSource
{
    private readonly ImageShape _shape = images.Shape;

    public BatchPlan Plan { get; } = new(indices.Length, batchSize);

    private Device Device => images.Pixels.device;

    public IEnumerable<DeviceBatch> InOrder() =>
        Enumerable.Range(0, Plan.Count).Select(number => new DeviceBatch(number, () => Load(number, indices, position => default, cutout: 0)));

    public IEnumerable<DeviceBatch> Shuffled(long seed, int epoch, AugmentationSettings augmentation, int from = 0)
    {
        var order = BatchLoader.Order(indices, seed, epoch);
        Func<int, AugmentationDraw> draw = augmentation.Enabled
            ? position => AugmentationDraw.At(augmentation, _shape, seed, epoch, position)
            : _ => default;
        var cutout = augmentation.Enabled ? augmentation.Cutout : 0;
        return Enumerable.Range(from, Plan.Count - from).Select(number => new DeviceBatch(number, () => Load(number, order, draw, cutout)));
    }

    public void Dispose()
    {
        // The images are shared.
    }

    private (Tensor Images, Tensor Labels) Load(int number, int[] order, Func<int, AugmentationDraw> draw, int cutout)
    {
        using var scope = NewDisposeScope();
        var (start, length) = (Plan.Start(number), Plan.Length(number));
        var draws = Enumerable.Range(start, length).Select(draw).ToArray();
        var chosen = tensor(order.AsSpan(start, length).ToArray().Select(image => (long)image).ToArray(), device: Device);
        var bytes = draws.Any(each => each.Radians != 0) ? Rotated(chosen, draws) : Cropped(chosen, draws, Rows(), Columns());
        var (mean, deviation) = (tensor(normalization.Mean, device: Device), tensor(normalization.Deviation, device: Device));
        var pixels = (bytes / Number(255f) - mean) / deviation;
        if (cutout > 0) pixels = where(Cut(draws, cutout).unsqueeze(-1), tensor(0f, device: Device), pixels);
        return (pixels.permute(0, 3, 1, 2).MoveToOuterDisposeScope(), images.Labels.index_select(0, chosen).MoveToOuterDisposeScope());
    }

    /// <summary>Images × height × width × channels, as floats in [0, 255]: what lies at these places after crop and flip; black beyond the edges.</summary>
    /// <param name="rows">Broadcasts with <paramref name="columns"/> to images × height × width.</param>
    private Tensor Cropped(Tensor chosen, AugmentationDraw[] draws, Tensor rows, Tensor columns)
    {
        var inside = Within(rows, _shape.Height).logical_and(Within(columns, _shape.Width));
        var flip = PerImage(draws, draw => draw.Flip ? 1 : 0).to(ScalarType.Bool);
        rows = rows.Plus(PerImage(draws, draw => draw.Top));
        columns = where(flip, Number(_shape.Width - 1) - columns, columns).Plus(PerImage(draws, draw => draw.Left));
        inside = inside.logical_and(Within(rows, _shape.Height)).logical_and(Within(columns, _shape.Width));
        var row = (chosen.view(-1, 1, 1) * Number(_shape.Height)).Plus(Clamped(rows, _shape.Height));
        var pixel = (row * Number(_shape.Width)).Plus(Clamped(columns, _shape.Width));
        var gathered = images.Pixels.index_select(0, pixel.flatten()).view(chosen.shape[0], _shape.Height, _shape.Width, _shape.Channels);
        return gathered.to(ScalarType.Float32) * inside.unsqueeze(-1);
    }

    /// <summary>Each pixel looks up where it came from, between four of the cropped image.</summary>
    private Tensor Rotated(Tensor chosen, AugmentationDraw[] draws)
    {
        var (middleRow, middleColumn) = ((_shape.Height - 1) / 2.0, (_shape.Width - 1) / 2.0);
        var (sine, cosine) = (PerImage(draws, draw => Math.Sin(draw.Radians)), PerImage(draws, draw => Math.Cos(draw.Radians)));
        var (down, right) = (Rows().to(ScalarType.Float64) - Number(middleRow), Columns().to(ScalarType.Float64) - Number(middleColumn));
        var row = (cosine * down).Plus(sine * right).Plus(Number(middleRow));
        var column = (cosine * right - sine * down).Plus(Number(middleColumn));
        var (top, left) = (row.floor(), column.floor());
        var (below, beside) = ((row - top).to(ScalarType.Float32).unsqueeze(-1), (column - left).to(ScalarType.Float32).unsqueeze(-1));
        (top, left) = (top.to(ScalarType.Int64), left.to(ScalarType.Int64));
        return Between(below, Line(top), Line(top.Plus(Number(1))));

        Tensor Line(Tensor at) => Between(beside, Cropped(chosen, draws, at, left), Cropped(chosen, draws, at, left.Plus(Number(1))));

        Tensor Between(Tensor share, Tensor first, Tensor second) => ((Number(1f) - share) * first).Plus(share * second);
    }

    /// <summary>Images × height × width: whether the pixel is in the draw's square of <paramref name="side"/> pixels.</summary>
    private Tensor Cut(AugmentationDraw[] draws, int side)
    {
        return In(Rows(), PerImage(draws, draw => draw.CutRow)).logical_and(In(Columns(), PerImage(draws, draw => draw.CutColumn)));

        Tensor In(Tensor places, Tensor centre)
        {
            var first = centre - Number(side / 2);
            return places.ge(first).logical_and(places.lt(first.Plus(Number(side))));
        }
    }

    private Tensor Rows() => Places(_shape.Height).view(1, -1, 1);

    private Tensor Columns() => Places(_shape.Width).view(1, 1, -1);

    private Tensor Places(int size) => tensor(Enumerable.Range(0, size).Select(place => (long)place).ToArray(), device: Device);

    private Tensor PerImage(AugmentationDraw[] draws, Func<AugmentationDraw, long> value) =>
        tensor(draws.Select(value).ToArray(), device: Device).view(-1, 1, 1);

    private Tensor PerImage(AugmentationDraw[] draws, Func<AugmentationDraw, double> value) =>
        tensor(draws.Select(value).ToArray(), device: Device).view(-1, 1, 1);

    private Tensor Within(Tensor places, long size) => places.ge(Number(0)).logical_and(places.lt(Number(size)));

    private Tensor Clamped(Tensor places, long size) => places.clamp(Number(0), Number(size - 1));

    private Tensor Number(long number) => tensor(number, device: Device);

    private Tensor Number(float number) => tensor(number, device: Device);

    private Tensor Number(double number) => tensor(number, device: Device);
}
