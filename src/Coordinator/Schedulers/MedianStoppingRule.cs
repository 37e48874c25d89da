using System.Collections.Immutable;
using Sweep.Shared;

namespace Sweep.Coordinator.Schedulers;

/// <summary>
/// Stops a trial whose best value so far is worse than the median of the other trials' means over the same epochs (Golovin et al.,
/// "Google Vizier", 2017, section 3.2.2).
/// </summary>
/// <remarks>The paper compares with trials that have completed; here all count that have come as far, so that many workers need not wait.</remarks>
public sealed class MedianStoppingRule : IScheduler
{
    /// <summary>A median of fewer trials says little.</summary>
    private const int LeastTrials = 5;

    private readonly int _minEpochs;
    private readonly ImmutableDictionary<int, Ranking> _means;

    /// <param name="minEpochs">No trial stops before it has trained so many; at least 1.</param>
    public MedianStoppingRule(int minEpochs)
        : this(minEpochs, ImmutableDictionary<int, Ranking>.Empty)
    {
    }

    private MedianStoppingRule(int minEpochs, ImmutableDictionary<int, Ranking> means) => (_minEpochs, _means) = (minEpochs, means);

    public IScheduler Reported(Standing standing) =>
        new MedianStoppingRule(_minEpochs, _means.SetItem(standing.Epoch, MeansAt(standing.Epoch).With(standing.Trial, standing.Mean)));

    public SchedulerDecision Decide(Standing standing)
    {
        var others = MeansAt(standing.Epoch).Without(standing.Trial, standing.Mean);
        return standing.Epoch < _minEpochs || others.Count < LeastTrials || standing.Best >= others.Median
            ? new SchedulerDecision.Continue()
            : new SchedulerDecision.Stop($"worse after {standing.Epoch} epochs than the median of {others.Count} other trials");
    }

    public IScheduler Paused(Standing standing) => this;

    public IScheduler Left(Standing standing) => this;

    public TrialId? NextToPromote(bool isSearchOver) => null;

    private Ranking MeansAt(int epoch) => _means.GetValueOrDefault(epoch, Ranking.Empty);
}
