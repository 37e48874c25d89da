using System.Collections.Immutable;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Schedulers;

/// <summary>
/// Population based training (Jaderberg et al., "Population Based Training of Neural Networks", 2017, algorithm 1): a population trains side by
/// side, and now and again its worst members take over network and hyperparameters of one of the best, the latter a little changed. So
/// hyperparameters follow a schedule that nobody wrote down.
/// <list type="table">
/// <item><term>P</term><description>the population: all trials of the sweep</description></item>
/// <item><term>θ, h</term><description>a member's network, which is a checkpoint, and its hyperparameters</description></item>
/// <item><term>p</term><description>a member's newest value of the objective</description></item>
/// <item><term>t</term><description>epochs, which a member keeps counting when it takes over θ of the same age</description></item>
/// <item><term>ready</term><description>after every <see cref="PopulationSettings.IntervalEpochs"/></description></item>
/// <item><term>exploit</term><description>truncation selection (section 4.1.1): a member among the worst 20 % copies one of the best 20 %, drawn evenly</description></item>
/// <item><term>explore</term><description><see cref="Exploration"/></description></item>
/// </list>
/// </summary>
/// <remarks>
/// Members are compared at equal ages, so that fast ones have no advantage, and each copies a checkpoint of its own age. A member that is ready
/// therefore pauses until all members have come as far. But no worker idles for that: one that finds nothing else to do goes on with a member
/// as soon as half of the population has come as far. So the paper's asynchronous workers are what many workers come to, and one worker
/// trains generation after generation. A population is small, and calls take O(P log P).
/// </remarks>
public sealed class PbtScheduler : IScheduler
{
    /// <summary>Tells its draws from those of others with the sweep's seed.</summary>
    private const long Stream = 0x7062_74;

    private readonly PopulationSettings _settings;
    private readonly int _maxEpochs;
    private readonly long _seed;
    private readonly ImmutableSortedDictionary<int, Rung> _rungs;
    private readonly ImmutableHashSet<TrialId> _ended;

    /// <param name="maxEpochs">Of each member.</param>
    /// <param name="seed">The sweep's.</param>
    public PbtScheduler(PopulationSettings settings, int maxEpochs, long seed)
        : this(settings, maxEpochs, seed, ImmutableSortedDictionary<int, Rung>.Empty, [])
    {
    }

    private PbtScheduler(
        PopulationSettings settings, int maxEpochs, long seed, ImmutableSortedDictionary<int, Rung> rungs, ImmutableHashSet<TrialId> ended) =>
        (_settings, _maxEpochs, _seed, _rungs, _ended) = (settings, maxEpochs, seed, rungs, ended);

    public bool TrainsAll => true;

    public IScheduler Reported(Standing standing) => With(standing, rung => rung.Reach(standing));

    public SchedulerDecision Decide(Standing standing)
    {
        if (!IsReady(standing.Epoch)) return new SchedulerDecision.Continue();
        var rung = _rungs[standing.Epoch];
        if (rung.Count < Expected(rung))
            return new SchedulerDecision.Pause($"ready after {Epochs(standing.Epoch)}, as {rung.Count} of {Expected(rung)} are");
        var place = rung.Ranked.IndexOf(standing.Trial) + 1;
        return IsAmongTheWorst(rung, standing.Trial)
            ? new SchedulerDecision.Pause($"place {place} of {rung.Count} after {Epochs(standing.Epoch)}, to go on as one of the best {Best(rung)}")
            : new SchedulerDecision.Continue();
    }

    public IScheduler Paused(Standing standing) => With(standing, rung => rung with { Waiting = rung.Waiting.Add(standing.Trial) });

    public IScheduler Left(Standing standing) => With(standing, rung => rung with { Waiting = rung.Waiting.Remove(standing.Trial) });

    public IScheduler Ended(TrialId trial) => new PbtScheduler(_settings, _maxEpochs, _seed, _rungs, _ended.Add(trial));

    /// <summary>Where everybody has arrived, the youngest first; else where half have.</summary>
    public TrialId? NextToPromote(bool isSearchOver) =>
        FirstWaiting(rung => rung.Count >= Expected(rung)) ?? FirstWaiting(rung => isSearchOver || 2 * rung.Count >= Expected(rung));

    /// <summary><c>exploit</c>: one of the best members of the trial's age, where the trial is among the worst of them.</summary>
    public TrialId? SourceOf(Standing standing)
    {
        if (!IsReady(standing.Epoch) || !IsAmongTheWorst(_rungs[standing.Epoch], standing.Trial)) return null;
        var rung = _rungs[standing.Epoch];
        return rung.Ranked[new CounterRandom(_seed, Stream, standing.Trial.Number, standing.Epoch).NextInt(Best(rung))];
    }

    private bool IsReady(int epoch) => epoch % _settings.IntervalEpochs == 0 && epoch < _maxEpochs;

    private bool IsAmongTheWorst(Rung rung, TrialId trial) => rung.Ranked.IndexOf(trial) >= rung.Count - Best(rung);

    /// <summary>As many as are the worst; none where there is nobody to compare with.</summary>
    private int Best(Rung rung) => Math.Min(Math.Max(1, (int)(_settings.Quantile * rung.Count)), rung.Count / 2);

    /// <summary>Members that have come as far or may still.</summary>
    private int Expected(Rung rung) => _settings.Size - _ended.Count(trial => !rung.Reached.ContainsKey(trial));

    private TrialId? FirstWaiting(Func<Rung, bool> mayGoOn)
    {
        foreach (var rung in _rungs.Values)
            if (!rung.Waiting.IsEmpty && mayGoOn(rung)) return rung.Waiting[0];
        return null;
    }

    private PbtScheduler With(Standing standing, Func<Rung, Rung> change) => IsReady(standing.Epoch)
        ? new PbtScheduler(_settings, _maxEpochs, _seed, _rungs.SetItem(standing.Epoch, change(_rungs.GetValueOrDefault(standing.Epoch, Rung.Empty))), _ended)
        : this;

    private static string Epochs(int count) => count == 1 ? "1 epoch" : $"{count} epochs";

    /// <summary>Members of one age.</summary>
    /// <param name="Reached">All that have come as far, with their values then, of which more is better.</param>
    /// <param name="Waiting">Those that are paused here.</param>
    private sealed record Rung(ImmutableDictionary<TrialId, double> Reached, ImmutableSortedSet<TrialId> Waiting)
    {
        public static readonly Rung Empty = new(ImmutableDictionary<TrialId, double>.Empty, []);

        public int Count => Reached.Count;

        /// <summary>Best first; of equal ones the older.</summary>
        public List<TrialId> Ranked => [.. Reached.OrderByDescending(member => member.Value).ThenBy(member => member.Key).Select(member => member.Key)];

        public Rung Reach(Standing standing) => this with { Reached = Reached.SetItem(standing.Trial, standing.Latest) };
    }
}
