using System.Globalization;

namespace Sweep.Coordinator;

/// <summary>Where one run keeps everything it knows.</summary>
public sealed class RunFolder
{
    private const string LockName = "run.lock", LockHolderName = "run.pid";

    /// <summary>Each of them is in the folder of a run alone.</summary>
    private static readonly string[] RunFiles = ["sweep.yaml", "history.db", "store.json"];

    private RunFolder(string path) => Path = path;

    public string Path { get; }

    public string SweepFile => In("sweep.yaml");

    public string Plan => In("plan.json");

    public string History => In("history.db");

    /// <summary>The state after most of the history, so that it need not all be read; it may be missing.</summary>
    public string Snapshot => In("history.snapshot");

    /// <summary>Says where the history is; only there where it is not in <see cref="History"/>.</summary>
    public string Store => In("store.json");

    public string Log => In("run.log");

    /// <summary>Says where the coordinator at work can be asked; only there while one is.</summary>
    public string Api => In("api.json");

    /// <summary>Locked by the coordinator at work, where the history is in this folder.</summary>
    public string Lock => In(LockName);

    /// <summary>Says which process has locked it.</summary>
    public string LockHolder => In(LockHolderName);

    public string WorkerLog(string worker) => In($"{worker}.log");

    /// <summary>Where a run of this name goes that was given no place: <c>runs/NAME-20261124T050000Z</c>.</summary>
    public static string DefaultPath(string name, DateTimeOffset now) =>
        System.IO.Path.Combine("runs", $"{name}-{now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}");

    /// <summary>Whether a run has begun in this folder.</summary>
    public static bool HasBegun(string path) => RunFiles.Any(file => File.Exists(System.IO.Path.Combine(path, file)));

    /// <summary>
    /// Makes the folder. A folder that holds anything is refused, since it may be another run; what a coordinator leaves that ended before it had begun,
    /// and an empty volume for the trials, are nothing.
    /// </summary>
    /// <exception cref="IOException">It is refused or cannot be made; the message says what to do.</exception>
    public static RunFolder Create(string path)
    {
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any(entry => !IsNothing(entry)))
            throw new IOException($"{path}: the folder is not empty; give --output a new one, or go on with it by --resume");
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{path}: the folder cannot be made ({exception.Message}); give --output another one", exception);
        }
        return new RunFolder(path);
    }

    /// <summary>Opens the folder of a run.</summary>
    /// <exception cref="IOException">There is no run in it.</exception>
    public static RunFolder Open(string path)
    {
        if (!Directory.Exists(path)) throw new IOException($"{path}: there is no such folder; give the folder of a run");
        if (!HasBegun(path)) throw new IOException($"{path}: this is not the folder of a run");
        return new RunFolder(path);
    }

    private static bool IsNothing(string entry) => System.IO.Path.GetFileName(entry) switch
    {
        LockName or LockHolderName => true,
        "trials" => Directory.Exists(entry) && !Directory.EnumerateFileSystemEntries(entry).Any(),
        _ => false,
    };

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
