using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Sweep.Tests.Processes;

/// <summary>The programs as the build left them, run as a person runs them.</summary>
public static class Programs
{
    /// <summary>No run of these tests takes longer, however slow the machine; what does is hung.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    public static string Repository => Metadata("Repository");

    public static string CoordinatorFolder => Path.Combine(Metadata("Programs"), "Coordinator", Metadata("Configuration"));

    public static string CoordinatorFile => Path.Combine(CoordinatorFolder, "coordinator");

    public static string WorkerFile => Path.Combine(Metadata("Programs"), "GpuWorker", Metadata("Configuration"), "gpu-worker");

    public static RunningProgram Coordinator(params string[] arguments) => new(CoordinatorFile, arguments);

    public static RunningProgram Coordinator(Dictionary<string, string> environment, params string[] arguments) =>
        new(CoordinatorFile, arguments, environment);

    public static RunningProgram Worker(params string[] arguments) => new(WorkerFile, arguments);

    /// <summary>The example of a worker with a trainer of its own.</summary>
    public static RunningProgram ExampleWorker(params string[] arguments) =>
        new(Path.Combine(Metadata("Programs"), "dotnet-trainer", Metadata("Configuration"), "dotnet-trainer"), arguments);

    public static RunningProgram Fuzz(params string[] arguments) =>
        new(Path.Combine(Metadata("Programs"), "Fuzz", Metadata("Configuration"), "fuzz"), arguments);

    public static RunningProgram Chaos(params string[] arguments) =>
        new(Path.Combine(Metadata("Programs"), "Chaos", Metadata("Configuration"), "chaos"), arguments);

    public static RunningProgram Load(params string[] arguments) =>
        new(Path.Combine(Metadata("Programs"), "Load", Metadata("Configuration"), "bench-load"), arguments);

    private static string Metadata(string key) =>
        typeof(Programs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == key).Value!;
}

/// <summary>A started process with everything it prints. Killed with its children when the test ends.</summary>
/// <remarks>
/// <c>env</c> (coreutils 8.31 or newer) gives SIGINT its default action and becomes the program: a program that inherits an ignored one, as
/// those started with <c>nohup</c> or in a script's background do, rightly goes on ignoring Ctrl-C.
/// </remarks>
public sealed partial class RunningProgram : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> Matches, TaskCompletionSource<string> Found)> _expected = [];

    public RunningProgram(string program, string[] arguments, Dictionary<string, string>? environment = null)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("env", ["--default-signal=INT", program, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Programs.Repository,
                Environment = { ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")) },
            },
        };
        foreach (var (variable, value) in environment ?? []) _process.StartInfo.Environment[variable] = value;
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output
    {
        get
        {
            lock (_lines) return string.Join('\n', _lines);
        }
    }

    /// <summary>The first line, printed already or still to come, that has <paramref name="text"/> in it.</summary>
    public async Task<string> LineAsync(string text)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lines)
        {
            if (_lines.Find(line => line.Contains(text, StringComparison.Ordinal)) is { } line) return line;
            _expected.Add((line => line.Contains(text, StringComparison.Ordinal), found));
        }
        var ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(found.Task, ended).WaitAsync(Programs.Limit) == ended && !found.Task.IsCompleted)
            throw new InvalidOperationException($"ended without printing '{text}':\n{Output}");
        return await found.Task;
    }

    /// <summary>Waits for the end; the exit code.</summary>
    /// <param name="limit">For a program that has more to do than <see cref="Programs.Limit"/> allows for; null for that.</param>
    public async Task<int> ExitAsync(TimeSpan? limit = null)
    {
        await _process.WaitForExitAsync().WaitAsync(limit ?? Programs.Limit);
        return _process.ExitCode;
    }

    public void Interrupt() => Signal(2);

    public void Terminate() => Signal(15);

    /// <summary>False where there is no such process any more.</summary>
    public static bool Signal(int process, int number) => kill(process, number) == 0;

    public void Kill() => _process.Kill();

    /// <summary>Does nothing until <see cref="Thaw"/>; its connections stay open.</summary>
    public void Freeze() => Signal(19);

    public void Thaw() => Signal(18);

    /// <summary>Processes that this one started and that still run.</summary>
    public IReadOnlyList<int> Children() => ChildrenOf(Id);

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static List<int> ChildrenOf(int parent) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(int.Parse!)
            .Where(id => ParentOf(id) == parent),
    ];

    public static bool IsAlive(int id) => ParentOf(id) is not null;

    /// <summary>Null where the process has ended, a zombie included.</summary>
    private static int? ParentOf(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? null : int.Parse(fields[1]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void Add(string? line)
    {
        if (line is null) return;
        lock (_lines)
        {
            _lines.Add(line);
            foreach (var (matches, found) in _expected)
                if (matches(line)) found.TrySetResult(line);
        }
    }

    private void Signal(int number)
    {
        if (!Signal(Id, number)) throw new InvalidOperationException($"signal {number} could not be sent to {Id}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}

/// <summary>A run's own folder and sweep file, away from the repository.</summary>
public sealed class TemporaryRun : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sweep-test-").FullName;

    /// <summary>With a copy of another run's folder.</summary>
    public TemporaryRun(TemporaryRun other)
        : this(File.ReadAllText(other.SweepFile))
    {
        foreach (var file in Directory.EnumerateFiles(other.Folder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Folder, Path.GetRelativePath(other.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public TemporaryRun(string yaml)
    {
        SweepFile = Path.Combine(_root, "sweep.yaml");
        File.WriteAllText(SweepFile, yaml);
    }

    public string SweepFile { get; }

    public string Folder => Path.Combine(_root, "run");

    /// <summary>Everything that the run measured, without what differs between any two runs: times, memory, workers, attempts.</summary>
    public IReadOnlyList<string> Results()
    {
        string[] varying = ["images_per_second", "seconds", "peak_memory_bytes", "worker", "attempts"];
        var rows = Trials().Select(trial => string.Join(' ', trial.EnumerateObject()
            .Where(field => !varying.Contains(field.Name)).Select(field => $"{field.Name}={field.Value.GetRawText()}")));
        var epochs = Directory.EnumerateFiles(Folder, "epochs.csv", SearchOption.AllDirectories).Order()
            .SelectMany(file => File.ReadLines(file).Select(line => string.Join(',', line.Split(',')[..^3])));
        return [.. rows, .. epochs];
    }

    /// <summary>The trials of <c>leaderboard.json</c>, best first.</summary>
    public IReadOnlyList<JsonElement> Trials()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "leaderboard.json")));
        return [.. document.RootElement.GetProperty("trials").Clone().EnumerateArray()];
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
