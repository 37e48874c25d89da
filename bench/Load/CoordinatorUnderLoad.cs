using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Sweep.Tests.Processes;

namespace Sweep.Bench.Load;

/// <summary>The real coordinator as a process of its own, with everything that a user's has: history in SQLite, log, files, metrics.</summary>
internal sealed class CoordinatorUnderLoad : IDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private readonly string _http = FreeAddress();
    private RunningProgram _program;
    private TimeSpan _cpuBefore;

    public CoordinatorUnderLoad(TemporaryRun run, params string[] arguments)
    {
        Run = run;
        _program = Start(["--sweep", run.SweepFile, "--output", run.Folder, .. arguments]);
    }

    public TemporaryRun Run { get; }

    /// <summary>Where workers join.</summary>
    public string Address { get; } = FreeAddress();

    public bool HasExited => _program.HasExited;

    public string Output => _program.Output;

    /// <summary>Of this process and those before it.</summary>
    public TimeSpan Cpu => _cpuBefore + ProcessCost.Cpu(_program.Id);

    public long PeakMemoryBytes => ProcessCost.PeakMemoryBytes(_program.Id);

    /// <summary>As last seen by <see cref="FollowAsync"/>.</summary>
    public double LastPeakMegabytes { get; private set; }

    public double ResidentMegabytes
    {
        get
        {
            LastPeakMegabytes = PeakMemoryBytes / 1e6;
            return LastPeakMegabytes;
        }
    }

    public Task ListensAsync() => _program.LineAsync("waiting for workers");

    public Task<int> ExitAsync(TimeSpan limit) => _program.ExitAsync(limit);

    public void Interrupt() => _program.Interrupt();

    /// <summary>Killed, and resumed at once at the same address.</summary>
    public async Task KillAndResumeAsync()
    {
        _cpuBefore = Cpu;
        _program.Kill();
        await _program.ExitAsync();
        _program.Dispose();
        _program = Start(["--resume", Run.Folder]);
    }

    /// <summary>The sum of a metric over its tags; null while nobody answers, or there is no such metric.</summary>
    public async Task<double?> MetricAsync(string name, string tag = "")
    {
        try
        {
            var text = await Http.GetStringAsync($"http://{_http}/metrics");
            var lines = text.Split('\n').Where(line => (line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal)) && line.Contains(tag, StringComparison.Ordinal)).ToList();
            return lines.Count == 0 ? null : lines.Sum(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    /// <summary>Epochs recorded; waits until there are so many.</summary>
    public async Task<double> EpochsAsync(double atLeast = 0)
    {
        while (true)
        {
            if (HasExited) throw new InvalidOperationException($"the coordinator has ended:\n{Tail}");
            if (await MetricAsync("sweep_epochs_total") is { } epochs && epochs >= atLeast) return epochs;
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
    }

    public async Task WorkersAsync(int atLeast)
    {
        while (!(await MetricAsync("sweep_workers") >= atLeast))
        {
            if (HasExited) throw new InvalidOperationException($"the coordinator has ended:\n{Tail}");
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>Waits for the coordinator's end, and prints how it gets on.</summary>
    public async Task FollowAsync(TimeSpan interval, WorkerProcesses workers)
    {
        var (clock, next) = (Stopwatch.StartNew(), interval);
        while (!HasExited)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50));
            TryReadPeak();
            if (clock.Elapsed < next) continue;
            next += interval;
            var some = await workers.LatenciesAsync();
            Console.WriteLine($"  {clock.Elapsed.TotalSeconds:0} s: {await MetricAsync("sweep_trials", "state=\"completed\"")} trials completed, p99 of {some.TotalCount} reports {Machine.Milliseconds(some, 99)} ms, coordinator {LastPeakMegabytes:0} MB at most");
        }
    }

    /// <summary>What <c>coordinator verify</c> says of the run, which has ended.</summary>
    public async Task<(bool IsRight, string Output)> VerifyAsync()
    {
        using var verify = Programs.Coordinator("verify", Run.Folder);
        return (await verify.ExitAsync(TimeSpan.FromMinutes(30)) == 0, verify.Output);
    }

    public void Dispose() => _program.Dispose();

    private string Tail => string.Join('\n', Output.Split('\n').TakeLast(20));

    private void TryReadPeak()
    {
        try
        {
            LastPeakMegabytes = PeakMemoryBytes / 1e6;
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            // It has just ended.
        }
    }

    private RunningProgram Start(string[] arguments) =>
        Programs.Coordinator([.. arguments, "--workers", "0", "--listen", Address, "--http", _http]);

    private static string FreeAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return $"127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}";
    }
}
