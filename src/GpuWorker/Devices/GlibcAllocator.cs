using System.Runtime.InteropServices;

namespace Sweep.GpuWorker.Devices;

/// <summary>
/// Tells glibc's allocator to keep the memory that it was given.
/// A training step frees all its activations at once; by default they go back to the kernel, and the next step faults them in
/// again, page by page. Keeping them nearly doubles the training speed on a CPU.
/// </summary>
internal static partial class GlibcAllocator
{
    // malloc.h of glibc, section "SVID2/XPG mallinfo/mallopt".
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MmapMax = -4;
    private const int ArenaMax = -8;

    /// <summary>Nothing where the C library is not glibc. Call it before the first tensor.</summary>
    public static void KeepMemory() => WhereGlibc(() =>
    {
        // A refused option costs speed, nothing else.
        _ = SetOption(TrimThreshold, -1);
        _ = SetOption(TopPad, 256 << 20);
        _ = SetOption(MmapMax, 0);
        _ = SetOption(ArenaMax, 1);
    });

    /// <summary>Gives what is kept and not in use back to the kernel, once; between trainings, where speed does not suffer.</summary>
    public static void ReleaseFree() => WhereGlibc(() => _ = Trim(0));

    private static void WhereGlibc(Action call)
    {
        try
        {
            call();
        }
        catch (Exception other) when (other is DllNotFoundException or EntryPointNotFoundException)
        {
            // musl and others have no such functions, and no such habit.
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}
