using Serilog;
using Sweep.Coordinator.Api;
using Sweep.Coordinator.Metrics;
using Sweep.Coordinator.Views;
using Sweep.Shared.Status;

namespace Sweep.Coordinator;

/// <summary>What the program says of itself to scrapers, kubelets and log collectors.</summary>
/// <param name="JsonLog">Hears every line of the log; null for nobody.</param>
/// <param name="Views">The sweeps, for whoever looks at them.</param>
/// <param name="Api">Where they are looked at and told what to do; null for nowhere.</param>
public sealed record CoordinatorStatus(NodeHealth Health, SweepMetrics Metrics, ILogger? JsonLog, SweepViews Views, ApiServer? Api)
{
    /// <summary>Another coordinator is at work.</summary>
    public void StandsBy(string line)
    {
        Console.WriteLine(line);
        JsonLog?.Information("Standing by: {Line}", line);
    }

    /// <summary>A standby is ready while it can read the term of the coordinator at work: then it can take over.</summary>
    /// <param name="problem">Null where it could.</param>
    public void Looked(string? problem) => Health.Started(() => problem is null ? null : $"the history cannot be read: {problem}");
}
