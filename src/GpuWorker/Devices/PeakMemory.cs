using System.Globalization;

namespace Sweep.GpuWorker.Devices;

/// <summary>The most memory that this process has ever held.</summary>
internal static class PeakMemory
{
    /// <summary>Resident bytes of the host's memory since the process began; null where the system does not say.</summary>
    public static long? OfProcess()
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
