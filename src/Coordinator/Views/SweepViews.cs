using System.Collections.Concurrent;
using Sweep.Coordinator.Actors;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Views;

/// <summary>The sweeps that this process knows, for whoever looks at them. Safe from any thread.</summary>
public sealed class SweepViews : IWorkerListener
{
    private readonly ConcurrentDictionary<SweepId, SweepView> _views = [];

    /// <summary>In the order in which they began.</summary>
    public IReadOnlyList<SweepView> All => [.. _views.Values.OrderBy(view => view.Since)];

    public void Add(SweepView view) => _views[view.Sweep] = view;

    /// <summary>The sweep with this identifier, or else the only one with this name; null where there is none.</summary>
    public SweepView? Find(string sweep)
    {
        if (_views.TryGetValue(new SweepId(sweep), out var view)) return view;
        var named = _views.Values.Where(candidate => candidate.Name == sweep).Take(2).ToList();
        return named is [var only] ? only : null;
    }

    /// <summary>Workers are of all sweeps.</summary>
    public void WorkerJoined(WorkerId worker, DeviceDescription device, int workers)
    {
        foreach (var view in _views.Values) view.WorkerArrived(worker, device);
    }

    public void WorkerReturned(WorkerId worker, int workers)
    {
        foreach (var view in _views.Values) view.WorkerArrived(worker, null);
    }

    public void WorkerLeft(WorkerId worker, string reason, int workers)
    {
        foreach (var view in _views.Values) view.WorkerLeft(worker, reason);
    }
}
