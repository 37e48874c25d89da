using System.Collections.Concurrent;
using Serilog;
using Sweep.Coordinator.Actors;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator;

/// <summary>Shows who comes and goes, and knows who has been there.</summary>
/// <param name="line">Shows a line to a person, at once and from any thread.</param>
internal sealed class WorkerFollower(Action<string> line, ILogger log) : IWorkerListener
{
    private readonly ConcurrentDictionary<WorkerId, bool> _joined = [];

    /// <summary>Whether the worker has ever said a word. Safe from any thread.</summary>
    public bool HasJoined(WorkerId worker) => _joined.ContainsKey(worker);

    public void WorkerJoined(WorkerId worker, DeviceDescription device, int workers)
    {
        _joined[worker] = true;
        log.Information("Worker {Worker} joined with {Device}; {Workers} workers", worker.Value, device.Name, workers);
        line($"worker {worker.ShortName} joined ({device.Name})");
    }

    public void WorkerReturned(WorkerId worker, int workers)
    {
        _joined[worker] = true;
        log.Information("Worker {Worker} is heard of again; {Workers} workers", worker.Value, workers);
        line($"worker {worker.ShortName} is heard of again");
    }

    public void WorkerLeft(WorkerId worker, string reason, int workers)
    {
        log.Warning("Worker {Worker} {Reason}; {Workers} workers", worker.Value, reason, workers);
        line($"worker {worker.ShortName} {reason}");
    }
}
