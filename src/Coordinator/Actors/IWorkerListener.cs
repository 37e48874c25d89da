using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Actors;

/// <summary>Hears of workers that come and go, on the pool's thread; must return at once.</summary>
/// <remarks><c>workers</c> is how many there are then.</remarks>
public interface IWorkerListener
{
    void WorkerJoined(WorkerId worker, DeviceDescription device, int workers);

    /// <summary>A worker that holds an attempt is heard of again, by this coordinator or by the one after it.</summary>
    void WorkerReturned(WorkerId worker, int workers);

    void WorkerLeft(WorkerId worker, string reason, int workers);
}

/// <summary>Several that hear of everything, in the order given.</summary>
internal sealed class WorkerListeners(params IWorkerListener[] listeners) : IWorkerListener
{
    public void WorkerJoined(WorkerId worker, DeviceDescription device, int workers) => Each(listener => listener.WorkerJoined(worker, device, workers));

    public void WorkerReturned(WorkerId worker, int workers) => Each(listener => listener.WorkerReturned(worker, workers));

    public void WorkerLeft(WorkerId worker, string reason, int workers) => Each(listener => listener.WorkerLeft(worker, reason, workers));

    private void Each(Action<IWorkerListener> tell)
    {
        foreach (var listener in listeners) tell(listener);
    }
}
