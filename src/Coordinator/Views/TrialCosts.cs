using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Views;

/// <summary>What trials that have ended cost: seconds under lease, of the newest ones.</summary>
public sealed class TrialCosts
{
    private const int Most = 64;

    private readonly Queue<double> _seconds = [];

    public IReadOnlyCollection<double> Newest => _seconds;

    internal void Add(TrialState trial)
    {
        if (trial.Reports.IsEmpty) return;
        if (_seconds.Count == Most) _seconds.Dequeue();
        _seconds.Enqueue(trial.Seconds);
    }
}
