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

    /// <summary>What <c>coordinator verify</c> says of the run, which has ended.</summary>
    public async Task<(bool IsRight, string Output)> VerifyAsync()
    {
        using var verify = Programs.Coordinator("verify", Run.Folder);
        return (await verify.ExitAsync(TimeSpan.FromMinutes(30)) == 0, verify.Output);
    }

    public void Dispose() => _program.Dispose();

    private RunningProgram Start(string[] arguments) =>
        Programs.Coordinator([.. arguments, "--workers", "0", "--listen", Address, "--http", _http]);

    private static string FreeAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return $"127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}";
    }
}
