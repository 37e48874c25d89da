using Sweep.Shared;
using Sweep.Shared.Wire;

namespace Sweep.GpuWorker;

/// <param name="Join">Where coordinators listen; whichever is at work is joined.</param>
/// <param name="Id">Unique among all workers; its readable part appears in the leaderboard.</param>
/// <param name="Listen">Where this worker listens.</param>
/// <param name="Wire">How its connections are protected.</param>
/// <param name="Threads">OpenMP threads; null for one a core.</param>
/// <param name="CoordinatorGrace">How long the worker waits for a coordinator, training on, before it ends.</param>
/// <param name="IsOwned">Started by a coordinator: standard input is a pipe from it, whose end means that the coordinator is gone.</param>
/// <param name="AllowsCommands">It runs programs that sweep files name.</param>
/// <param name="LogFile">Null for the console.</param>
/// <param name="LogsJson">The console gets the log as JSON, one object a line.</param>
/// <param name="Http">Where metrics and health are served; null for nowhere.</param>
/// <param name="MemoryMebibytes">What the worker may have of its device's memory; null for all of it.</param>
public sealed record WorkerOptions(
    IReadOnlyList<HostAndPort> Join, WorkerId Id, HostAndPort Listen, WireSecurity Wire, int? Threads, TimeSpan CoordinatorGrace, bool IsOwned, bool AllowsCommands,
    string? LogFile, bool LogsJson, HostAndPort? Http, int? MemoryMebibytes = null);
