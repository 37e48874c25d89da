using System.Diagnostics;
using Sweep.Shared;
using Sweep.Tests.Postgres;
using Sweep.Tests.Processes;

namespace Sweep.Bench.Chaos;

/// <summary>One run under faults, from its start to its end.</summary>
/// <param name="database">Null for SQLite in the run folder.</param>
/// <param name="disk">Null where the disk cannot be filled.</param>
/// <param name="hosts">Where coordinator and workers run, each on its own; null for one host, whose coordinator starts its workers.</param>
/// <param name="clock">Of the coordinator; null where it cannot be set.</param>
internal sealed class Storm(TemporaryRun run, PostgresServer? database, FullDisk? disk, TwoHosts? hosts, LooseClock? clock) : IDisposable
{
    private const int LeaseSeconds = 3, Workers = 2, Port = 4053;
    private const int StopSignal = 19, ContinueSignal = 18;

    /// <summary>A coordinator that gives up so often without a fault in between will not come to an end.</summary>
    private const int MostGivenUp = 5;

    /// <summary>Faults strike after so long where no epoch is recorded.</summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(20);

    private readonly List<Fault> _struck = [];
    private readonly List<RunningProgram> _workers = [];
    private RunningProgram? _coordinator;
    private int _givenUp;

    /// <summary>Faults that struck before the sweep was over.</summary>
    public IReadOnlyList<Fault> Struck => _struck;

    private RunningProgram Coordinator => _coordinator!;

    private string[] Checkpoints => Directory.GetFiles(run.Folder, "*.ckpt", SearchOption.AllDirectories);

    /// <exception cref="InvalidOperationException">A coordinator ended as it should not.</exception>
    /// <exception cref="TimeoutException">The sweep stands still.</exception>
    public async Task RunAsync(IReadOnlyList<Fault> faults)
    {
        Start(["--sweep", run.SweepFile, "--output", run.Folder, .. database is null ? [] : (string[])["--store", database.Address]]);
        foreach (var fault in faults)
        {
            if (!await GoesOnAsync(fault.Epochs)) return;
            _givenUp = 0;
            _struck.Add(fault);
            await StrikeAsync(fault);
        }
        while (!await HasEndedAsync()) { }
    }

    /// <summary>Whether the finished run is what its events say.</summary>
    public async Task<(bool IsRight, string Output)> VerifyAsync()
    {
        using var verify = Programs.Coordinator(Variables(), "verify", run.Folder);
        return (await verify.ExitAsync() == 0, verify.Output);
    }

    /// <summary>Lines of the run's log that have <paramref name="text"/> in them.</summary>
    public int Count(string text)
    {
        var file = Path.Combine(run.Folder, "run.log");
        if (!File.Exists(file)) return 0;
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n').Count(line => line.Contains(text, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _coordinator?.Dispose();
        foreach (var worker in _workers) worker.Dispose();
    }

    private Task StrikeAsync(Fault fault) => fault.Kind switch
    {
        FaultKind.KillWorker => KillWorkersAsync(VictimOf(fault)),
        FaultKind.StopWorker => StopWorkerAsync(VictimOf(fault), TimeSpan.FromSeconds(LeaseSeconds + 1 + 2 * fault.Amount)),
        FaultKind.KillCoordinator => KillCoordinatorAsync([]),
        FaultKind.WakeTheDead => WakeTheDeadAsync(VictimOf(fault)),
        FaultKind.TearCheckpoint => TearCheckpointAsync(fault.Amount),
        FaultKind.TearHistory => KillCoordinatorAsync([], () => TearHistory(fault.Amount)),
        FaultKind.FillDisk => disk!.FillAsync(TimeSpan.FromSeconds(1 + 2 * fault.Amount)),
        FaultKind.StopDatabase => StopDatabaseAsync(TimeSpan.FromSeconds(1 + 2 * fault.Amount)),
        FaultKind.CutNetwork => hosts!.CutAsync(TimeSpan.FromSeconds(LeaseSeconds + 20 * fault.Amount)),
        FaultKind.ShakeNetwork => hosts!.ShakeAsync(TimeSpan.FromSeconds(2 + 4 * fault.Amount), new CounterRandom((long)(fault.Amount * long.MaxValue))),
        FaultKind.JumpClock => JumpClock(TimeSpan.FromHours(48 * fault.Amount - 24)),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "unknown fault"),
    };

    private IReadOnlyList<int> VictimOf(Fault fault)
    {
        var workers = WorkerProcesses();
        return workers.Count == 0 ? [] : [workers[(int)(fault.Victim * workers.Count)]];
    }

    private IReadOnlyList<int> WorkerProcesses() =>
        hosts is null ? Coordinator.Children() : [.. _workers.Where(worker => !worker.HasExited).Select(worker => worker.Id)];

    private static Task KillWorkersAsync(IReadOnlyList<int> workers)
    {
        foreach (var worker in workers) RunningProgram.Signal(worker, 9);
        return UntilAsync(() => !workers.Any(RunningProgram.IsAlive));
    }

    private static async Task StopWorkerAsync(IReadOnlyList<int> workers, TimeSpan duration)
    {
        foreach (var worker in workers) RunningProgram.Signal(worker, StopSignal);
        await Task.Delay(duration);
        foreach (var worker in workers) RunningProgram.Signal(worker, ContinueSignal);
    }

    /// <param name="survivors">Workers that cannot see its end, because they stand still.</param>
    /// <param name="between">What happens while there is no coordinator.</param>
    private async Task KillCoordinatorAsync(IReadOnlyList<int> survivors, Action? between = null)
    {
        var workers = hosts is null ? Coordinator.Children().Except(survivors).ToList() : [];
        Coordinator.Kill();
        await Coordinator.ExitAsync();
        await UntilAsync(() => !workers.Any(RunningProgram.IsAlive));
        between?.Invoke();
        Resume();
    }

    private async Task WakeTheDeadAsync(IReadOnlyList<int> workers)
    {
        foreach (var worker in workers) RunningProgram.Signal(worker, StopSignal);
        await KillCoordinatorAsync(workers);
        await UntilAsync(() => Coordinator.HasExited || Coordinator.Output.Contains("joined", StringComparison.Ordinal));
        foreach (var worker in workers) RunningProgram.Signal(worker, ContinueSignal);
        if (hosts is null) await UntilAsync(() => !workers.Any(RunningProgram.IsAlive));
    }

    private async Task TearCheckpointAsync(double amount)
    {
        await KillWorkersAsync(WorkerProcesses());
        try
        {
            if (Checkpoints.MaxBy(File.GetLastWriteTimeUtc) is { } newest) Tear(newest, amount);
        }
        catch (IOException)
        {
            // Its trial has just ended, and the coordinator has deleted it.
        }
    }

    /// <summary>Cut short in one half of all cases, one byte wrong in the other.</summary>
    private static void Tear(string path, double amount)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var place = (long)(2 * amount % 1 * file.Length);
        if (amount < 0.5)
        {
            file.SetLength(place);
            return;
        }
        file.Position = place;
        var wrong = (byte)(file.ReadByte() ^ 1);
        file.Position = place;
        file.WriteByte(wrong);
    }

    /// <summary>Up to five pages.</summary>
    private void TearHistory(double amount)
    {
        var path = Path.Combine(run.Folder, "history.db-wal");
        if (!File.Exists(path)) return;
        using var log = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        log.SetLength(Math.Max(0, log.Length - 1 - (long)(amount * 20_000)));
    }

    private async Task StopDatabaseAsync(TimeSpan duration)
    {
        await database!.StopAsync();
        await Task.Delay(duration);
        await database.StartAsync();
    }

    private Task JumpClock(TimeSpan offset)
    {
        clock!.Jump(offset);
        return Task.CompletedTask;
    }

    /// <summary>Waits until so many more epochs are recorded; false where the sweep is over.</summary>
    private async Task<bool> GoesOnAsync(int epochs)
    {
        var recorded = Count("reported");
        var clock = Stopwatch.StartNew();
        while (Count("reported") < recorded + epochs && clock.Elapsed < LongestGap)
        {
            Tend();
            if (Coordinator.HasExited && await HasEndedAsync()) return false;
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
        return true;
    }

    /// <summary>
    /// Waits for the coordinator's end. One that gave up, because its workers died before they had joined or the disk was full when it
    /// had to write, says that it can be resumed; that is done, and the answer is false.
    /// </summary>
    private async Task<bool> HasEndedAsync()
    {
        const int Done = 0, CannotGoOn = 4;
        await UntilAsync(() =>
        {
            Tend();
            return Coordinator.HasExited;
        });
        var code = await Coordinator.ExitAsync();
        if (code == Done) return true;
        if (code != CannotGoOn || ++_givenUp > MostGivenUp) throw new InvalidOperationException($"the coordinator ended with {code}:\n{Coordinator.Output}");
        Console.Error.WriteLine($"gave up: {Coordinator.Output.Split('\n').LastOrDefault()}");
        Resume();
        return false;
    }

    private void Resume() => Start("--resume", run.Folder);

    private void Start(params string[] arguments)
    {
        _coordinator?.Dispose();
        _coordinator = hosts is null
            ? Programs.Coordinator(Variables(), [.. arguments, "--workers", Workers.ToString(), "--lease", $"{LeaseSeconds}s"])
            : new RunningProgram(
                hosts.AtCoordinator[0],
                [
                    .. hosts.AtCoordinator[1..], Programs.CoordinatorFile, .. arguments,
                    "--workers", "0", "--lease", $"{LeaseSeconds}s", "--listen", $"{TwoHosts.CoordinatorAddress}:{Port}", "--insecure",
                ],
                Variables());
    }

    /// <summary>On a host of their own nobody else replaces workers that were killed.</summary>
    private void Tend()
    {
        if (hosts is null || Coordinator.HasExited) return;
        foreach (var dead in _workers.Where(worker => worker.HasExited).ToList())
        {
            _workers.Remove(dead);
            dead.Dispose();
        }
        while (_workers.Count < Workers)
            _workers.Add(new RunningProgram(
                hosts.AtWorker[0],
                [
                    .. hosts.AtWorker[1..], Programs.WorkerFile, "--join", $"{TwoHosts.CoordinatorAddress}:{Port}",
                    "--listen", $"{TwoHosts.WorkerAddress}:0", "--insecure", "--threads", "1",
                ]));
    }

    private Dictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>();
        foreach (var (name, value) in clock?.Variables ?? new Dictionary<string, string>()) variables[name] = value;
        if (database is not null) variables["SWEEP_STORE_PASSWORD_FILE"] = database.PasswordFile;
        return variables;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Programs.Limit);
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
    }
}
