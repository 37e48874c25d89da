namespace Sweep.Shared.Protocol;

/// <summary>What a worker tells the sweep.</summary>
public interface IWorkerReport
{
    WorkerId Worker { get; }
}

/// <summary>I am here, with this device. Repeated until answered, then now and again while idle.</summary>
/// <param name="Running">The attempt that the worker holds; null when it is idle.</param>
public sealed record WorkerAvailable(WorkerId Worker, DeviceDescription Device, AttemptId? Running) : IWorkerReport;

/// <summary>What one epoch measured. Sent until acknowledged; idempotent by (attempt, epoch); renews the lease.</summary>
public sealed record EpochReported(WorkerId Worker, AttemptId Attempt, EpochReport Report) : IWorkerReport;

/// <summary>The attempt is over and the worker holds it no more. Sent until acknowledged.</summary>
/// <param name="Detail">What went wrong, for people; null where nothing did.</param>
public sealed record AttemptEnded(WorkerId Worker, AttemptId Attempt, AttemptEnding Ending, string? Detail) : IWorkerReport;

/// <summary>The attempt trains on. Between epochs: renews the lease, feeds the display.</summary>
/// <param name="EpochProgress">Share of the epoch's batches done, in [0, 1].</param>
public sealed record Heartbeat(WorkerId Worker, AttemptId Attempt, int Epoch, double EpochProgress) : IWorkerReport;

/// <summary>Why an attempt ended, as its worker saw it.</summary>
public enum AttemptEnding
{
    /// <summary>Every epoch of the budget was trained and reported.</summary>
    Completed,

    /// <summary>The sweep said stop.</summary>
    Stopped,

    /// <summary>The loss was NaN or infinite.</summary>
    Diverged,

    /// <summary>The worker is going away and hands its trial back.</summary>
    Released,

    OutOfMemory,

    /// <summary>The data set is missing or broken: another worker may have it.</summary>
    DataFailed,

    /// <summary>Any other exception.</summary>
    Failed,
}

/// <param name="Name">For people: <c>CPU, 1 thread</c> or <c>NVIDIA A100 (cuda:0)</c>.</param>
/// <param name="Threads">OpenMP threads that the worker computes with.</param>
/// <param name="MemoryBytes">Memory of the device, or of the host for a CPU, or what the worker may have of it; 0 where it is not known.</param>
/// <param name="Cores">Of the host; 0 from workers of before 0.2.</param>
public sealed record DeviceDescription(string Name, int Threads, long MemoryBytes, int Cores = 0);
