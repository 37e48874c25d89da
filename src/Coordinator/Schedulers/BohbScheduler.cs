using System.Collections.Immutable;
using Sweep.Shared;

namespace Sweep.Coordinator.Schedulers;

/// <summary>
/// The half of BOHB that decides who trains on (Falkner et al., "BOHB: Robust and Efficient Hyperparameter Optimization at Scale", 2018, section 3.1):
/// <see cref="HyperbandScheduler"/>, which besides keeps what trials had measured at each budget b, from all brackets together, for
/// <see cref="Samplers.BohbSampler"/> to model. Budgets are the rungs and R.
/// </summary>
public sealed class BohbScheduler : IScheduler
{
    private readonly IScheduler _brackets;
    private readonly ImmutableSortedDictionary<int, Ranking> _results;

    /// <param name="minEpochs">r, at least 1; the paper's b_min.</param>
    /// <param name="maxEpochs">R, the paper's b_max.</param>
    /// <param name="factor">η, at least 2.</param>
    /// <param name="replicates">Trials of a configuration; at least 1.</param>
    public BohbScheduler(int minEpochs, int maxEpochs, int factor, int replicates = 1)
        : this(
            new HyperbandScheduler(minEpochs, maxEpochs, factor, replicates),
            RungLevels.Below(maxEpochs, minEpochs, factor).Append(maxEpochs).ToImmutableSortedDictionary(epochs => epochs, _ => Ranking.Empty))
    {
    }

    private BohbScheduler(IScheduler brackets, ImmutableSortedDictionary<int, Ranking> results) => (_brackets, _results) = (brackets, results);

    /// <summary>D_b, best first, by the budget b in epochs, the largest first.</summary>
    internal IEnumerable<(int Epochs, Ranking Results)> Budgets => _results.Reverse().Select(entry => (entry.Key, entry.Value));

    public IScheduler Reported(Standing standing) => With(
        _brackets.Reported(standing),
        _results.TryGetValue(standing.Epoch, out var results) ? _results.SetItem(standing.Epoch, results.With(standing.Trial, standing.Best)) : _results);

    public SchedulerDecision Decide(Standing standing) => _brackets.Decide(standing);

    public IScheduler Paused(Standing standing) => With(_brackets.Paused(standing), _results);

    public IScheduler Left(Standing standing) => With(_brackets.Left(standing), _results);

    public TrialId? NextToPromote(bool isSearchOver) => _brackets.NextToPromote(isSearchOver);

    public int BracketOf(TrialId trial) => _brackets.BracketOf(trial);

    private static BohbScheduler With(IScheduler brackets, ImmutableSortedDictionary<int, Ranking> results) => new(brackets, results);
}
