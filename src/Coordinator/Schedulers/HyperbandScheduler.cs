using System.Collections.Immutable;
using Sweep.Shared;

namespace Sweep.Coordinator.Schedulers;

/// <summary>
/// Hyperband (Li et al., 2018) with asynchronous brackets, as the ASHA paper proposes: nobody knows how far an early value can be
/// trusted, so each bracket s trusts it from r·η^s epochs on, and all of them spend about as much.
/// </summary>
/// <remarks>
/// The paper runs one bracket after the other, n = ⌈(s_max + 1) / (s + 1) · η^s⌉ trials in the one that begins s rungs below R. Here
/// trials are dealt to brackets in these proportions as they come, so that a sweep that ends early has some of each.
/// </remarks>
public sealed class HyperbandScheduler : IScheduler
{
    /// <summary>Multiples of it fill [0, 1) evenly, however many are taken.</summary>
    private const double GoldenRatio = 0.618033988749894848;

    private readonly int _replicates;
    private readonly ImmutableArray<double> _shares;
    private readonly ImmutableArray<IScheduler> _brackets;

    /// <param name="minEpochs">r, at least 1.</param>
    /// <param name="maxEpochs">R.</param>
    /// <param name="factor">η, at least 2.</param>
    /// <param name="replicates">Trials of a configuration, which share a bracket; at least 1.</param>
    public HyperbandScheduler(int minEpochs, int maxEpochs, int factor, int replicates = 1)
        : this(
            replicates,
            SharesOf(RungLevels.Below(maxEpochs, minEpochs, factor).Length, factor),
            [.. Enumerable.Range(0, RungLevels.Below(maxEpochs, minEpochs, factor).Length + 1)
                .Select(bracket => new AshaScheduler(minEpochs, maxEpochs, factor, bracket))])
    {
    }

    private HyperbandScheduler(int replicates, ImmutableArray<double> shares, ImmutableArray<IScheduler> brackets) =>
        (_replicates, _shares, _brackets) = (replicates, shares, brackets);

    public IScheduler Reported(Standing standing) => With(standing, bracket => bracket.Reported(standing));

    public SchedulerDecision Decide(Standing standing) => _brackets[BracketOf(standing.Trial)].Decide(standing);

    public IScheduler Paused(Standing standing) => With(standing, bracket => bracket.Paused(standing));

    public IScheduler Left(Standing standing) => With(standing, bracket => bracket.Left(standing));

    public TrialId? NextToPromote(bool isSearchOver)
    {
        foreach (var bracket in _brackets)
            if (bracket.NextToPromote(isSearchOver) is { } trial) return trial;
        return null;
    }

    /// <summary>From 0, which has all rungs, to the last, which has none.</summary>
    public int BracketOf(TrialId trial)
    {
        var place = (trial.Number - 1) / _replicates * GoldenRatio % 1;
        var bracket = 0;
        for (var below = _shares[0]; bracket < _shares.Length - 1 && place >= below; below += _shares[bracket]) bracket++;
        return bracket;
    }

    /// <summary>Of the trials, bracket by bracket; together 1.</summary>
    internal static ImmutableArray<double> SharesOf(int rungs, int factor)
    {
        var trials = Enumerable.Range(0, rungs + 1).Select(bracket => rungs - bracket)
            .Select(below => Math.Ceiling((rungs + 1) / (below + 1.0) * Math.Pow(factor, below))).ToList();
        return [.. trials.Select(count => count / trials.Sum())];
    }

    private HyperbandScheduler With(Standing standing, Func<IScheduler, IScheduler> change)
    {
        var bracket = BracketOf(standing.Trial);
        return new HyperbandScheduler(_replicates, _shares, _brackets.SetItem(bracket, change(_brackets[bracket])));
    }
}
