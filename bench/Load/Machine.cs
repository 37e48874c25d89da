using System.Reflection;
using System.Runtime.InteropServices;
using HdrHistogram;

namespace Sweep.Bench.Load;

/// <summary>What a figure must be read with.</summary>
internal static class Machine
{
    public static void Print() => Console.WriteLine(
        $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, "
        + $"Akka {typeof(Akka.Actor.ActorSystem).Assembly.GetName().Version}, Sweep {typeof(Sweep.Shared.ClusterNames).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion}, "
        + $"load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}\n");

    public static string Milliseconds(HistogramBase microseconds, double percentile) => $"{microseconds.GetValueAtPercentile(percentile) / 1000.0:0.0}";

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor";
}
