using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sweep.GpuWorker.Kernels;

/// <summary>
/// Batch norm (Ioffe and Szegedy 2015, algorithm 1) with the addition of a shortcut and ReLU in the same passes:
/// z = γ·(x − μ)/σ + β, y = ReLU(z + shortcut), and their gradients. On a CPU such layers cost the time that their memory takes
/// to pass by, so each pass that is saved counts.
/// </summary>
/// <remarks>
/// Tensors lie with channels last. They are read as lines of lanes: a line is one pixel, or as many pixels as fill a vector where there are
/// fewer channels than that.
/// </remarks>
/// <typeparam name="T">What tensors hold; sums and factors are of higher precision.</typeparam>
internal sealed unsafe class BatchNormKernel<T>
    where T : unmanaged, IElement<T>
{
    /// <summary>Elements that a block has, of each tensor: they stay in the first cache while one vector of lanes after the other goes through them.</summary>
    private const int Block = 4096;

    private readonly int _channels;
    private readonly int _lanes;
    private readonly int _lines;
    private readonly int _blockLines;
    private readonly Parts _parts;

    /// <param name="elements">Of the whole tensor. <see cref="BatchNormKernel.Fits"/> must hold.</param>
    public BatchNormKernel(int channels, int elements)
    {
        _channels = channels;
        _lanes = Math.Max(channels, Vector512<float>.Count);
        _lines = elements / _lanes;
        _blockLines = Math.Max(Block / _lanes, 16);
        _parts = new Parts(_lines);
    }

    /// <summary>The block of one vector of lanes that begins at the element <paramref name="start"/>.</summary>
    private delegate void EachBlock(int part, int lane, nint start, int lines);

    private delegate (Vector512<float> First, Vector512<float> Second) BlockSums(int lane, nint start, int lines);

    /// <summary>Values in each channel.</summary>
    public long Count => (long)_lines * _lanes / _channels;

    /// <summary>Mean and biased variance of each channel.</summary>
    public (double[] Mean, double[] Variance) Moments(T* x)
    {
        // Distances to a sample, not to zero: beside a large mean, the squares of those would drown the variance.
        var origin = Origin(x);
        var (distance, square) = Sum([MethodImpl(MethodImplOptions.AggressiveOptimization)] (lane, start, lines) =>
        {
            var (from, stride) = (Vector512.LoadUnsafe(ref origin[lane]), _lanes);
            var (sum0, sum1, square0, square1) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
            // Two of each, as an addition takes longer than a load.
            var at = x + start;
            for (; lines >= 2; lines -= 2, at += 2 * stride)
            {
                var (even, odd) = (T.Load(at) - from, T.Load(at + stride) - from);
                sum0 += even;
                sum1 += odd;
                square0 = Vector512.FusedMultiplyAdd(even, even, square0);
                square1 = Vector512.FusedMultiplyAdd(odd, odd, square1);
            }
            if (lines == 1)
            {
                var last = T.Load(at) - from;
                sum0 += last;
                square0 = Vector512.FusedMultiplyAdd(last, last, square0);
            }
            return (sum0 + sum1, square0 + square1);
        });
        var (mean, variance) = (new double[_channels], new double[_channels]);
        for (var channel = 0; channel < _channels; channel++)
        {
            var offset = distance[channel] / Count;
            mean[channel] = origin[channel] + offset;
            variance[channel] = Math.Max(square[channel] / Count - offset * offset, 0);
        }
        return (mean, variance);
    }

    /// <summary>y = ReLU(scale·x + shift + shortcut).</summary>
    /// <param name="shortcut">Null for none.</param>
    /// <param name="scale">One a channel, as all factors below.</param>
    public void Forward(T* x, T* shortcut, double[] scale, double[] shift, T* y)
    {
        var (scales, shifts) = (PerLane(scale), PerLane(shift));
        ForEachBlock([MethodImpl(MethodImplOptions.AggressiveOptimization)] (_, lane, start, lines) =>
        {
            var (s, t, stride) = (Vector512.LoadUnsafe(ref scales[lane]), Vector512.LoadUnsafe(ref shifts[lane]), _lanes);
            var end = start + (nint)lines * stride;
            if (shortcut == null)
                for (var at = start; at < end; at += stride) T.Store(Relu(Vector512.FusedMultiplyAdd(T.Load(x + at), s, t)), y + at);
            else
                for (var at = start; at < end; at += stride)
                    T.Store(Relu(Vector512.FusedMultiplyAdd(T.Load(x + at), s, t) + T.Load(shortcut + at)), y + at);
        });
    }

    /// <summary>Over each channel, the sums of z's gradient, which is y's where y is positive, and of its product with x − mean.</summary>
    /// <param name="y">Null where there was no shortcut: then it is computed again from x, which is cheaper than to read it.</param>
    /// <param name="zGradient">Where to keep z's gradient, which is the shortcut's too; null where there is none.</param>
    public (double[] Gradient, double[] GradientTimesDistance) GradientSums(
        T* x, T* y, T* yGradient, T* zGradient, double[] mean, double[] scale, double[] shift)
    {
        var (means, scales, shifts) = (PerLane(mean), PerLane(scale), PerLane(shift));
        return Sum([MethodImpl(MethodImplOptions.AggressiveOptimization)] (lane, start, lines) =>
        {
            var (m, s, t) = (Vector512.LoadUnsafe(ref means[lane]), Vector512.LoadUnsafe(ref scales[lane]), Vector512.LoadUnsafe(ref shifts[lane]));
            var (stride, end) = (_lanes, start + (nint)lines * _lanes);
            var (sum, product) = (Vector512<float>.Zero, Vector512<float>.Zero);
            for (var at = start; at < end; at += stride)
            {
                var (value, gradient) = (T.Load(x + at), T.Load(yGradient + at));
                if (y == null)
                {
                    gradient = WherePositive(Vector512.FusedMultiplyAdd(value, s, t), gradient);
                }
                else
                {
                    gradient = WherePositive(T.Load(y + at), gradient);
                    T.Store(gradient, zGradient + at);
                }
                sum += gradient;
                product = Vector512.FusedMultiplyAdd(gradient, value - m, product);
            }
            return (sum, product);
        });
    }

    /// <summary>x's gradient: a·z's gradient + b·x + c.</summary>
    /// <param name="gradient">Of y where <paramref name="relu"/> holds and there was no shortcut, else of z.</param>
    public void Backward(
        T* x, T* gradient, bool relu, double[] scale, double[] shift, double[] a, double[] b, double[] c, T* xGradient)
    {
        var (scales, shifts, factors, slopes, offsets) = (PerLane(scale), PerLane(shift), PerLane(a), PerLane(b), PerLane(c));
        ForEachBlock([MethodImpl(MethodImplOptions.AggressiveOptimization)] (_, lane, start, lines) =>
        {
            var (s, t) = (Vector512.LoadUnsafe(ref scales[lane]), Vector512.LoadUnsafe(ref shifts[lane]));
            var (u, v, w) = (Vector512.LoadUnsafe(ref factors[lane]), Vector512.LoadUnsafe(ref slopes[lane]), Vector512.LoadUnsafe(ref offsets[lane]));
            var (stride, end) = (_lanes, start + (nint)lines * _lanes);
            for (var at = start; at < end; at += stride)
            {
                var (value, g) = (T.Load(x + at), T.Load(gradient + at));
                if (relu) g = WherePositive(Vector512.FusedMultiplyAdd(value, s, t), g);
                T.Store(Vector512.FusedMultiplyAdd(u, g, Vector512.FusedMultiplyAdd(v, value, w)), xGradient + at);
            }
        });
    }

    /// <summary>Keeps what is not a number.</summary>
    private static Vector512<float> Relu(Vector512<float> z) =>
        Vector512.ConditionalSelect(Vector512.LessThan(z, Vector512<float>.Zero), Vector512<float>.Zero, z);

    /// <summary>Not a number counts as positive, as in libtorch: it must not vanish.</summary>
    private static Vector512<float> WherePositive(Vector512<float> value, Vector512<float> gradient) =>
        Vector512.ConditionalSelect(Vector512.LessThanOrEqual(value, Vector512<float>.Zero), Vector512<float>.Zero, gradient);

    private void ForEachBlock(EachBlock body) =>
        _parts.ForEach(part =>
        {
            var end = _parts.Start(part + 1);
            for (var line = _parts.Start(part); line < end; line += _blockLines)
                for (var lane = 0; lane < _lanes; lane += Vector512<float>.Count)
                    body(part, lane, (nint)line * _lanes + lane, Math.Min(_blockLines, end - line));
        });

    /// <summary>Sums of blocks in float32, of those in float64, by channel.</summary>
    private (double[] First, double[] Second) Sum(BlockSums block)
    {
        var (first, second) = (new double[_parts.Count * _lanes], new double[_parts.Count * _lanes]);
        ForEachBlock((part, lane, start, lines) =>
        {
            var sums = block(lane, start, lines);
            Add(sums.First, ref first[part * _lanes + lane]);
            Add(sums.Second, ref second[part * _lanes + lane]);
        });
        return (PerChannel(first), PerChannel(second));
    }

    private static void Add(Vector512<float> values, ref double sums)
    {
        var (lower, upper) = Vector512.Widen(values);
        (Vector512.LoadUnsafe(ref sums) + lower).StoreUnsafe(ref sums);
        (Vector512.LoadUnsafe(ref sums, (nuint)Vector512<double>.Count) + upper).StoreUnsafe(ref sums, (nuint)Vector512<double>.Count);
    }

    private double[] PerChannel(double[] perLane)
    {
        var sums = new double[_channels];
        for (var lane = 0; lane < perLane.Length; lane++) sums[lane % _channels] += perLane[lane];
        return sums;
    }

    private float[] PerLane(double[] perChannel)
    {
        var factors = new float[_lanes];
        for (var lane = 0; lane < _lanes; lane++) factors[lane] = (float)perChannel[lane % _channels];
        return factors;
    }

    /// <summary>The first pixel, for every lane.</summary>
    private float[] Origin(T* x)
    {
        var origin = new float[_lanes];
        for (var lane = 0; lane < _lanes; lane += Vector512<float>.Count) T.Load(x + lane).StoreUnsafe(ref origin[lane]);
        for (var lane = _channels; lane < _lanes; lane++) origin[lane] = origin[lane % _channels];
        return origin;
    }
}

/// <summary>What holds for kernels of every element.</summary>
internal static class BatchNormKernel
{
    /// <summary>Whether whole vectors cover each line and the tensor.</summary>
    public static bool Fits(long channels, long elements) =>
        channels % Vector512<float>.Count == 0 || (Vector512<float>.Count % channels == 0 && elements % Vector512<float>.Count == 0);
}
