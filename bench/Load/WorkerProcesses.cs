using System.Diagnostics;
using System.Globalization;
using HdrHistogram;

namespace Sweep.Bench.Load;

/// <summary>A few processes with many simulated workers in each.</summary>
internal sealed class WorkerProcesses : IDisposable
{
    private readonly List<Process> _processes = [];

    /// <param name="workers">Of all processes together.</param>
    /// <param name="nodes">Connections of each process.</param>
    public WorkerProcesses(string coordinator, int workers, int processes, int nodes, TimeSpan epoch)
    {
        for (var index = 0; index < processes; index++)
        {
            var (first, end) = (index * workers / processes, (index + 1) * workers / processes);
            _processes.Add(Process.Start(new ProcessStartInfo(
                Environment.ProcessPath!,
                [
                    "workers", "--join", coordinator, "--first", $"{first + 1}", "--count", $"{end - first}", "--nodes", $"{nodes}",
                    "--epoch", epoch.TotalSeconds.ToString(CultureInfo.InvariantCulture),
                ])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!);
        }
    }

    /// <summary>Acknowledgements since the last time, in microseconds.</summary>
    public async Task<HistogramBase> LatenciesAsync()
    {
        var all = new LongHistogram(1, 600_000_000, 3);
        foreach (var line in await AskAsync(_processes, WorkersProgram.Latencies))
        {
            foreach (var entry in line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split(':')))
                all.RecordValueWithCount(long.Parse(entry[0], CultureInfo.InvariantCulture), long.Parse(entry[1], CultureInfo.InvariantCulture));
        }
        return all;
    }

    /// <summary>So many workers hand back their trials at once and take no others; a share of them in each process.</summary>
    public Task DrainAsync(int workers) => AskAsync(_processes, $"{WorkersProgram.Drain} {workers / _processes.Count}");

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited) process.Kill();
            process.Dispose();
        }
    }

    private static async Task<string[]> AskAsync(IReadOnlyList<Process> processes, string command)
    {
        foreach (var process in processes) await process.StandardInput.WriteLineAsync(command);
        return await Task.WhenAll(processes.Select(async process =>
            await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("a process of workers has ended")));
    }
}
