using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Kernels;

/// <summary>Tensors with channels last, as kernels see them: memory.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>Whether kernels can compute with it: on the CPU, of float32 or bfloat16, images × channels × height × width.</summary>
    public static bool IsReachable(Tensor tensor) =>
        tensor.device_type == DeviceType.CPU && tensor.dim() == 4 && tensor.NumberOfElements > 0
        && tensor.dtype is ScalarType.Float32 or ScalarType.BFloat16
        && tensor.NumberOfElements <= int.MaxValue / sizeof(float);

    /// <summary>Images × height × width × channels, contiguous; a copy where memory is in another order. It belongs to the caller's scope.</summary>
    public static Tensor ChannelsLast(Tensor tensor) => tensor.permute(0, 2, 3, 1).contiguous();

    /// <summary>Valid as long as the tensor, which must be contiguous.</summary>
    public static T* Pointer<T>(Tensor tensor)
        where T : unmanaged =>
        (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
}
