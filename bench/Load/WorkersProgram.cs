using System.Globalization;
using HdrHistogram;
using Serilog;
using Sweep.Shared;

namespace Sweep.Bench.Load;

/// <summary>The process around <see cref="SimulatedWorkers"/>. Takes one command a line, and answers each with a line; ends with its input.</summary>
internal static class WorkersProgram
{
    /// <summary>Answered with the latencies since the last time, as <c>value:count</c> in microseconds.</summary>
    public const string Latencies = "latencies";

    /// <summary>Followed by a number of workers, which hand back their trials and end; answered when they have.</summary>
    public const string Drain = "drain";

    public static async Task<int> RunAsync(HostAndPort coordinator, int first, int count, int nodes, TimeSpan epoch)
    {
        Log.Logger = new LoggerConfiguration().MinimumLevel.Error().WriteTo.Console(standardErrorFromLevel: Serilog.Events.LogEventLevel.Verbose).CreateLogger();
        await using var workers = new SimulatedWorkers(coordinator, first, count, nodes, epoch);
        await workers.StartAsync();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line.Split(' ') is [Drain, var number]) await workers.DrainAsync(int.Parse(number, CultureInfo.InvariantCulture));
            Console.WriteLine(line == Latencies ? Taken(workers.Microseconds) : "done");
        }
        return 0;
    }

    private static string Taken(HistogramBase histogram)
    {
        var copy = histogram.Copy();
        histogram.Reset();
        return string.Join(' ', copy.RecordedValues().Select(value => $"{value.ValueIteratedTo}:{value.CountAddedInThisIterationStep}"));
    }
}
