using System.Diagnostics;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Sweep.Bench.Fuzz;

/// <summary>A program under attack.</summary>
internal sealed partial class Target : IDisposable
{
    public const long HeapLimitBytes = 256 << 20;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly string _heap;
    private int _probes;

    public Target(string name, string project, string program, int port, string canary, params string[] arguments)
    {
        (Name, Port, _heap) = (name, port, $"{canary}.{name}.heap");
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(Path.Combine(Metadata("Programs"), project, Metadata("Configuration"), program), arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")),
                    ["DOTNET_STARTUP_HOOKS"] = typeof(Canary).Assembly.Location,
                    [Canary.Variable] = canary,
                    [HeapWatch.Variable] = _heap,
                    // A garbage collector that has the whole machine takes its time: what is kept shows in a heap that may not grow.
                    ["DOTNET_GCHeapHardLimit"] = HeapLimitBytes.ToString("x"),
                },
            },
        };
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Name { get; }

    public int Port { get; }

    public bool IsAlive => !_process.HasExited;

    public string[] Lines
    {
        get
        {
            lock (_lines) return [.. _lines];
        }
    }

    /// <summary>What it kept at each look, in bytes, from its start.</summary>
    public long[] Heap => File.Exists(_heap) ? [.. File.ReadLines(_heap).Select(long.Parse)] : [];

    /// <summary>Resident memory.</summary>
    public long MemoryBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Whether a well-behaved node that calls is answered.</summary>
    public async Task<bool> AnswersAsync()
    {
        using var limit = new CancellationTokenSource(AnswerLimit);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port, limit.Token);
            // Another node each time: one that comes again waits until the connection before is cleared away.
            await client.GetStream().WriteAsync(Pdu.Associate($"probe{_probes++}", "127.0.0.1", 1, 1), limit.Token);
            return await client.GetStream().ReadAsync(new byte[4], limit.Token) == 4;
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
        {
            return false;
        }
    }

    /// <summary>Asks the program to end; its exit code, or null where it does not.</summary>
    public async Task<int?> EndAsync(int signal)
    {
        if (IsAlive) _ = kill(_process.Id, signal);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        if (IsAlive) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is null) return;
        lock (_lines) _lines.Add(line);
    }

    private static string Metadata(string key) =>
        typeof(Target).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == key).Value!;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
