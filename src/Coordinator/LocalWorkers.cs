using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Serilog;
using Sweep.Shared;
using Sweep.Shared.Wire;

namespace Sweep.Coordinator;

/// <summary>
/// The worker processes of this machine. They join like any other worker; this only starts them, replaces those that die, and
/// ends them. Standard input of each is a pipe from here, so that none outlives the coordinator, whatever ends it.
/// </summary>
/// <param name="wire">The workers' connections are protected by the same files.</param>
/// <param name="hasJoined">Whether a worker has ever joined.</param>
/// <param name="exited">Told of each process that has ended, and how.</param>
/// <param name="gaveUp">Told when workers cannot be kept alive.</param>
public sealed partial class LocalWorkers(
    HostAndPort coordinator, WireSecurity wire, RunFolder folder, ILogger log,
    Func<WorkerId, bool> hasJoined, Action<WorkerId, string> exited, Action<string> gaveUp) : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    /// <summary>So many processes in a row that ended before they joined are enough to know that none will.</summary>
    private const int StartFailureLimit = 3;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Process> _processes = [];
    private int _startFailures;
    private bool _isEnding;

    /// <summary>Whether this is a worker that a coordinator started here: it ends with that.</summary>
    public static bool IsOwned(WorkerId worker) => OwnedName().IsMatch(worker.Value);

    /// <summary>Devices of this machine on which a worker each should run: 0 where there is no GPU.</summary>
    public static int VisibleGpus()
    {
        if (Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES") is { } visible)
            return visible.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeWhile(device => device != "-1").Count();
        return Directory.Exists("/dev") ? Directory.EnumerateFiles("/dev", "nvidia*").Count(path => char.IsAsciiDigit(path[^1])) : 0;
    }

    /// <summary>Bytes for each of so many workers that share this machine; null where they train on GPUs, or there is none.</summary>
    public static long? MemoryOfEach(int workers) => workers == 0 || VisibleGpus() > 0 ? null : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / workers;

    /// <exception cref="FileNotFoundException">There is no worker program.</exception>
    public void Start(int count)
    {
        var program = FindProgram();
        var threads = Math.Max(1, Environment.ProcessorCount / Math.Max(1, count));
        log.Information("Starting {Count} local workers with {Threads} threads each: {Program}", count, threads, program);
        for (var slot = 1; slot <= count; slot++) StartOne(program, slot, threads, MemoryOfEach(count), generation: 1);
    }

    /// <summary>Closes every worker's standard input, and kills what has not ended soon after.</summary>
    public async ValueTask DisposeAsync()
    {
        Process[] processes;
        lock (_lock)
        {
            _isEnding = true;
            processes = [.. _processes.Values];
        }
        foreach (var process in processes) process.StandardInput.Close();
        using var limit = new CancellationTokenSource(EndLimit);
        foreach (var process in processes)
        {
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
            }
        }
    }

    private void StartOne(string program, int slot, int threads, long? memoryBytes, int generation)
    {
        var name = $"local-{slot}";
        var id = new WorkerId($"{name}#{generation}-{Guid.NewGuid().ToString("N")[..8]}");
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--join", coordinator.ToString(), "--id", id.Value, "--threads", threads.ToString(), "--owned", "--allow-commands",
                "--log-file", folder.WorkerLog(name),
            },
        };
        foreach (var argument in wire.Arguments) start.ArgumentList.Add(argument);
        if (memoryBytes is { } bytes) start.ArgumentList.Add($"--memory={Math.Max(1, bytes >> 20)}");
        foreach (var (variable, value) in EnvironmentOf(slot, threads)) start.Environment[variable] = value;
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var output = new LastLines();
        process.OutputDataReceived += (_, line) => output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => output.Add(line.Data);
        lock (_lock)
        {
            if (_isEnding) return;
            process.Start();
            _processes[slot] = process;
        }
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        // Awaited, not the Exited event, so that the last lines have been read.
        _ = WaitAsync();

        async Task WaitAsync()
        {
            await process.WaitForExitAsync();
            var reason = $"ended with exit code {process.ExitCode}";
            exited(id, reason);
            if (_isEnding) return;
            log.Warning("Worker {Worker} {Reason}: {Output}", id.Value, reason, output.ToString());
            if (hasJoined(id)) _startFailures = 0;
            else if (Interlocked.Increment(ref _startFailures) >= StartFailureLimit)
            {
                gaveUp($"workers end as soon as they start ({reason}): {output}");
                return;
            }
            StartOne(program, slot, threads, memoryBytes, generation + 1);
        }
    }

    private static Dictionary<string, string> EnvironmentOf(int slot, int threads)
    {
        var environment = new Dictionary<string, string>
        {
            ["OMP_NUM_THREADS"] = threads.ToString(),
            // Idle OpenMP threads must not spin: they would take the other workers' cores.
            ["OMP_WAIT_POLICY"] = "PASSIVE",
            // The worker's launcher finds the runtime that this process runs on, wherever it is installed.
            ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")),
        };
        var gpus = VisibleGpus();
        if (gpus > 0)
        {
            var names = Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES")?.Split(',') ?? [];
            var gpu = (slot - 1) % gpus;
            environment["CUDA_VISIBLE_DEVICES"] = gpu < names.Length ? names[gpu].Trim() : gpu.ToString();
        }
        return environment;
    }

    [GeneratedRegex("^local-[0-9]+#[0-9]+-[0-9a-f]{8}$")]
    private static partial Regex OwnedName();

    /// <summary>Beside this program where it was published; where the build put it otherwise.</summary>
    private static string FindProgram()
    {
        var name = OperatingSystem.IsWindows() ? "gpu-worker.exe" : "gpu-worker";
        var built = typeof(LocalWorkers).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(item => item.Key == "GpuWorkerFolder")?.Value;
        string[] places = [AppContext.BaseDirectory, .. built is null ? Array.Empty<string>() : [built]];
        return places.Select(place => Path.Combine(place, name)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"there is no {name} in {string.Join(" or ", places)}; build or publish the whole solution");
    }

    /// <summary>What a process said last; enough to see why it ended.</summary>
    private sealed class LastLines
    {
        private const int Limit = 20;
        private readonly Queue<string> _lines = [];

        public void Add(string? line)
        {
            if (string.IsNullOrWhiteSpace(line)) return;
            lock (_lines)
            {
                _lines.Enqueue(line);
                if (_lines.Count > Limit) _lines.Dequeue();
            }
        }

        public override string ToString()
        {
            lock (_lines) return string.Join('\n', _lines);
        }
    }
}
