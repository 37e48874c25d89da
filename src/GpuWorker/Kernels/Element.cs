using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sweep.GpuWorker.Kernels;

/// <summary>An element of a tensor as it lies in memory. Kernels compute in float32, sixteen at a time, whatever they read and write.</summary>
internal unsafe interface IElement<TSelf>
    where TSelf : unmanaged, IElement<TSelf>
{
    /// <summary>The sixteen elements from <paramref name="source"/> on.</summary>
    static abstract Vector512<float> Load(TSelf* source);

    /// <summary>Rounds to the nearest, ties to even, and writes sixteen elements.</summary>
    static abstract void Store(Vector512<float> values, TSelf* target);
}

[StructLayout(LayoutKind.Sequential, Size = sizeof(float))]
internal readonly unsafe struct Float32 : IElement<Float32>
{
    public static Vector512<float> Load(Float32* source) => Vector512.Load((float*)source);

    public static void Store(Vector512<float> values, Float32* target) => values.Store((float*)target);
}

/// <summary>The upper half of a float32.</summary>
[StructLayout(LayoutKind.Sequential, Size = sizeof(ushort))]
internal readonly unsafe struct BFloat16 : IElement<BFloat16>
{
    public static Vector512<float> Load(BFloat16* source)
    {
        var (lower, upper) = Vector256.Widen(Vector256.Load((ushort*)source));
        return (Vector512.Create(lower, upper) << 16).AsSingle();
    }

    public static void Store(Vector512<float> values, BFloat16* target)
    {
        var bits = values.AsUInt32();
        // Half of the last place that stays, less one where that is even: a tie goes to the even neighbour.
        var rounded = (bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512<uint>.One)) >> 16;
        // Rounding could carry a NaN over into a number.
        rounded = Vector512.ConditionalSelect(Vector512.IsNaN(values).AsUInt32(), Vector512.Create(0x7FC0u), rounded);
        Vector256.Narrow(rounded.GetLower(), rounded.GetUpper()).Store((ushort*)target);
    }
}
