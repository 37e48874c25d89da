using System.Globalization;

namespace Sweep.GpuWorker.Devices;

/// <summary>The most of the host's memory that this process has held since a moment of its choice.</summary>
internal static class PeakMemory
{
    /// <summary>Begins to measure. Memory that is free already goes back to the system first, or it would count.</summary>
    /// <returns>False where the system cannot; <see cref="Bytes"/> is then of all that the process has ever done.</returns>
    public static bool Reset()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        GlibcAllocator.ReleaseFree();
        try
        {
            // proc_pid_clear_refs(5): 5 sets the peak to what is resident now.
            using var file = new FileStream("/proc/self/clear_refs", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write("5"u8);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Resident bytes at the highest moment; null where the system does not say.</summary>
    public static long? Bytes()
    {
        const string Status = "/proc/self/status";
        return File.Exists(Status) ? Parse(File.ReadLines(Status)) : null;
    }

    /// <param name="status">Lines of which one is like <c>VmHWM:    1234 kB</c>; Linux means KiB by it.</param>
    internal static long? Parse(IEnumerable<string> status)
    {
        const string Name = "VmHWM:";
        var line = status.FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        var number = line?[Name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes * 1024 : null;
    }
}
