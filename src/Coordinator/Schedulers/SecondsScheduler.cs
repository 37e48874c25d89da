using System.Collections.Immutable;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Schedulers;

/// <summary>
/// Successive halving whose rungs are seconds of training: at r, r·η, r·η² … seconds, a trial is compared at the end of the epoch in which it has
/// trained so long. To the scheduler inside, r seconds are an epoch.
/// </summary>
/// <remarks>The seconds are those that workers have measured and reported, so that a replay decides alike; another machine need not.</remarks>
public sealed class SecondsScheduler : IScheduler
{
    private readonly SecondsSettings _settings;
    private readonly int _factor;
    private readonly ImmutableArray<int> _levels;
    private readonly IScheduler _inner;

    private SecondsScheduler(SecondsSettings settings, int factor, ImmutableArray<int> levels, IScheduler inner) =>
        (_settings, _factor, _levels, _inner) = (settings, factor, levels, inner);

    /// <param name="factor">η, at least 2.</param>
    /// <param name="replicates">Of each configuration.</param>
    public static SecondsScheduler Create(SchedulerKind kind, SecondsSettings settings, int factor, int replicates)
    {
        var most = MostUnits(settings);
        IScheduler inner = kind switch
        {
            SchedulerKind.Asha => new AshaScheduler(1, most, factor),
            SchedulerKind.Hyperband => new HyperbandScheduler(1, most, factor, replicates),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "compares by epochs"),
        };
        return new SecondsScheduler(settings, factor, RungLevels.Below(most, 1, factor), inner);
    }

    /// <summary>Rising, in seconds; without an end in seconds, as many as a whole number counts.</summary>
    public static IEnumerable<int> LevelsOf(SecondsSettings settings, int factor) =>
        RungLevels.Below(MostUnits(settings), 1, factor).Select(level => level * settings.Min);

    public IScheduler Reported(Standing standing) => With(NewLevels(standing).Aggregate(_inner, (inner, level) => inner.Reported(standing with { Epoch = level })));

    public SchedulerDecision Decide(Standing standing)
    {
        if (NewLevels(standing) is not [.., var level]) return new SchedulerDecision.Continue();
        var reason = $"not among the best 1 in {_factor} after {level * _settings.Min} s of training";
        return _inner.Decide(standing with { Epoch = level }) switch
        {
            SchedulerDecision.Pause => new SchedulerDecision.Pause(reason),
            SchedulerDecision.Stop => new SchedulerDecision.Stop(reason),
            var decision => decision,
        };
    }

    public IScheduler Paused(Standing standing) => AtLevel(standing, _inner.Paused);

    public IScheduler Left(Standing standing) => AtLevel(standing, _inner.Left);

    public IScheduler Ended(TrialId trial) => With(_inner.Ended(trial));

    public TrialId? NextToPromote(bool isSearchOver) => _inner.NextToPromote(isSearchOver);

    public int BracketOf(TrialId trial) => _inner.BracketOf(trial);

    private static int MostUnits(SecondsSettings settings) =>
        settings.Max is { } max ? (int)Math.Ceiling((double)max / settings.Min) : int.MaxValue / settings.Min;

    private SecondsScheduler AtLevel(Standing standing, Func<Standing, IScheduler> change) =>
        NewLevels(standing) is [.., var level] ? With(change(standing with { Epoch = level })) : this;

    /// <summary>The rungs that the newest epoch has brought the trial to; a long one may reach several.</summary>
    private ImmutableArray<int> NewLevels(Standing standing)
    {
        var (before, now) = (standing.SecondsBefore / _settings.Min, standing.Seconds / _settings.Min);
        return [.. _levels.Where(level => level > before && level <= now)];
    }

    private SecondsScheduler With(IScheduler inner) => new(_settings, _factor, _levels, inner);
}
