namespace Sweep.GpuWorker.Devices;

/// <summary>What the kernel says the processor can do; .NET has no name for some of it.</summary>
internal static class CpuFlags
{
    private const string Source = "/proc/cpuinfo";

    /// <summary>Whether the processor has one of <paramref name="flags"/>; false where the kernel does not say.</summary>
    public static bool Contain(params ReadOnlySpan<string> flags) => File.Exists(Source) && Contain(File.ReadLines(Source), flags);

    /// <param name="lines">Of <c>/proc/cpuinfo</c>: "flags" on x86, "Features" on ARM.</param>
    internal static bool Contain(IEnumerable<string> lines, params ReadOnlySpan<string> flags)
    {
        var line = lines.FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal));
        var present = line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        foreach (var flag in flags)
            if (present.Contains(flag)) return true;
        return false;
    }
}
