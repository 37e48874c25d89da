using System.Runtime.InteropServices;
using System.Text;

namespace Sweep.GpuWorker.Devices;

/// <summary>What a GPU does at the moment.</summary>
/// <param name="MemoryUsedBytes">Of all processes.</param>
/// <param name="Utilization">Share of the last moments in which a kernel ran, in [0, 1]; null where the device does not say.</param>
/// <param name="TemperatureCelsius">Null where the device does not say.</param>
public sealed record GpuReading(long MemoryUsedBytes, long MemoryTotalBytes, double? Utilization, int? TemperatureCelsius);

/// <summary>NVIDIA's management library, which comes with the driver: it looks at a GPU without touching what runs on it.</summary>
public sealed partial class Nvml
{
    private const string Library = "libnvidia-ml.so.1";
    private const int Success = 0;
    private const uint TemperatureOfGpu = 0;

    private readonly nint _device;

    private Nvml(nint device) => _device = device;

    /// <summary>The first GPU that <c>CUDA_VISIBLE_DEVICES</c> shows to this process; null where there is no driver, or no such GPU.</summary>
    public static Nvml? FirstVisible() => Open(Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES"));

    /// <param name="visible">Numbers or <c>GPU-…</c> names, separated by commas; null or empty for all.</param>
    internal static Nvml? Open(string? visible)
    {
        var first = visible?.Split(',')[0].Trim();
        try
        {
            if (Init() != Success) return null;
            return Find(string.IsNullOrEmpty(first) ? "0" : first, out var device) == Success ? new Nvml(device) : null;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Null where the driver does not answer. Takes milliseconds, on the CPU alone.</summary>
    public GpuReading? Read()
    {
        if (MemoryInfo(_device, out var memory) != Success) return null;
        return new GpuReading(
            (long)memory.Used,
            (long)memory.Total,
            UtilizationRates(_device, out var rates) == Success ? rates.Gpu / 100.0 : null,
            Temperature(_device, TemperatureOfGpu, out var celsius) == Success ? (int)celsius : null);
    }

    private static int Find(string device, out nint handle) =>
        uint.TryParse(device, out var index) ? ByIndex(index, out handle) : ByUuid(Encoding.ASCII.GetBytes(device + '\0'), out handle);

    [LibraryImport(Library, EntryPoint = "nvmlInit_v2")]
    private static partial int Init();

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetHandleByIndex_v2")]
    private static partial int ByIndex(uint index, out nint device);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetHandleByUUID")]
    private static partial int ByUuid(byte[] uuid, out nint device);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetMemoryInfo")]
    private static partial int MemoryInfo(nint device, out Memory memory);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetUtilizationRates")]
    private static partial int UtilizationRates(nint device, out Rates rates);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetTemperature")]
    private static partial int Temperature(nint device, uint sensor, out uint celsius);

    [StructLayout(LayoutKind.Sequential)]
    private struct Memory
    {
        public ulong Total;
        public ulong Free;
        public ulong Used;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Rates
    {
        public uint Gpu;
        public uint Memory;
    }
}
