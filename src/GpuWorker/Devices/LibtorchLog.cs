using System.Runtime.InteropServices;

namespace Sweep.GpuWorker.Devices;

/// <summary>
/// libtorch's own log. On processors that NNPACK does not know, it warns at every convolution in double precision, although another
/// library then computes it as well: hundreds of lines that would bury what a person has to read.
/// </summary>
internal static class LibtorchLog
{
    /// <summary>c10/util/Logging.h: INFO 0, WARNING 1, ERROR 2.</summary>
    private const int Error = 2;

    /// <summary>Errors only. TorchSharp has no way to say so, and libtorch reads its environment variable under Python alone.</summary>
    /// <param name="c10">The handle of libc10.so; nothing happens where that has no such setting.</param>
    public static void KeepErrorsOnly(nint c10)
    {
        if (NativeLibrary.TryGetExport(c10, "FLAGS_caffe2_log_level", out var level)) Marshal.WriteInt32(level, Error);
    }
}
