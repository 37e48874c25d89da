using Sweep.Shared;

namespace Sweep.Bench.Chaos;

internal enum FaultKind
{
    /// <summary>A worker is killed.</summary>
    KillWorker,

    /// <summary>A worker stands still for longer than its lease, and then goes on.</summary>
    StopWorker,

    /// <summary>The coordinator is killed, and another one resumes the run.</summary>
    KillCoordinator,

    /// <summary>A worker stands still, its coordinator is killed and another one resumes the run; then the worker goes on.</summary>
    WakeTheDead,

    /// <summary>All workers are killed, and the newest checkpoint is cut short or has one wrong byte.</summary>
    TearCheckpoint,

    /// <summary>The coordinator is killed, and the end of SQLite's log is lost.</summary>
    TearHistory,

    /// <summary>The run folder's disk is full for a while.</summary>
    FillDisk,

    /// <summary>The database server stops as if it had crashed, and starts again after a while.</summary>
    StopDatabase,

    /// <summary>The network between coordinator and workers is cut, for a little or for much longer than the lease.</summary>
    CutNetwork,

    /// <summary>It loses, delays and repeats packets for a while.</summary>
    ShakeNetwork,

    /// <summary>The coordinator's wall clock jumps by up to a day, forwards or backwards.</summary>
    JumpClock,
}

/// <summary>One fault of a schedule.</summary>
/// <param name="Epochs">It strikes when so many more epochs are recorded.</param>
/// <param name="Victim">Which worker, as a share of those that are there.</param>
/// <param name="Amount">How much or how long, in [0, 1).</param>
internal sealed record Fault(FaultKind Kind, int Epochs, double Victim, double Amount)
{
    private const int LongestGap = 3;

    /// <summary>Each kind comes once before one comes again. Equal seeds and kinds give equal schedules.</summary>
    public static IReadOnlyList<Fault> Schedule(long seed, FaultKind[] kinds, int count)
    {
        var random = new CounterRandom(seed, kinds.Length);
        var faults = new List<Fault>();
        while (faults.Count < count)
        {
            random.Shuffle<FaultKind>(kinds);
            foreach (var kind in kinds.Take(count - faults.Count))
                faults.Add(new Fault(kind, 1 + random.NextInt(LongestGap), random.NextDouble(), random.NextDouble()));
        }
        return faults;
    }
}
