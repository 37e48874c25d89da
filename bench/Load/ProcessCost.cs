using System.Globalization;

namespace Sweep.Bench.Load;

/// <summary>What a process has cost so far, as Linux tells it.</summary>
internal static class ProcessCost
{
    /// <summary>Of user code and of the kernel for it.</summary>
    public static TimeSpan Cpu(int process)
    {
        const int TicksPerSecond = 100;
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((long.Parse(fields[11]) + long.Parse(fields[12])) / (double)TicksPerSecond);
    }

    /// <summary>The most memory that was resident at once, in bytes.</summary>
    public static long PeakMemoryBytes(int process) =>
        1024 * long.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    /// <summary>Bytes that went over this network namespace's loopback, whoever sent them.</summary>
    public static long LoopbackBytes() =>
        long.Parse(File.ReadLines("/proc/self/net/dev").First(line => line.Contains("lo:", StringComparison.Ordinal)).Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
}
