using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Kernels;

/// <summary>
/// Additions whose factor lives until libtorch has read it. TorchSharp 0.107 passes every number, and the 1 of <c>a + b</c>, as a
/// <see cref="Scalar"/> that nothing refers to during the native call: a garbage collection just then releases it, and libtorch reads what
/// lies there now. Nothing in this program passes such a number; a test reads the assembly for it.
/// </summary>
internal static class Addition
{
    /// <summary><paramref name="left"/> + <paramref name="right"/>.</summary>
    public static Tensor Plus(this Tensor left, Tensor right)
    {
        using var one = 1.ToScalar();
        return left.add(right, one);
    }

    /// <summary><paramref name="sum"/> += <paramref name="times"/> × <paramref name="value"/>.</summary>
    public static Tensor Increase(this Tensor sum, Tensor value, long times = 1)
    {
        using var factor = times.ToScalar();
        return sum.add_(value, factor);
    }

    /// <summary><paramref name="sum"/> += <paramref name="number"/>.</summary>
    public static Tensor Increase(this Tensor sum, long number)
    {
        using var added = number.ToScalar();
        using var one = 1.ToScalar();
        return sum.add_(added, one);
    }
}
