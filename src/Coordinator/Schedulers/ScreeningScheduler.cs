using Sweep.Shared;

namespace Sweep.Coordinator.Schedulers;

/// <summary>
/// Successive halving while nothing is known, and whole trainings once a model knows what to try: the first trials are Hyperband's most
/// aggressive bracket (Li et al., 2018: n = η^s of them, s the number of rungs), run as <see cref="AshaScheduler"/> runs it; every later trial trains on.
/// </summary>
/// <remarks>
/// Early values find the better part of a space cheaply. Within that part they tell trials apart no better than noise and the habits of their learning
/// curves allow, and a sampler that proposes good configurations needs their final values to find better ones.
/// <para>
/// Many workers are done with n trials long before the best of them has been trained in full. What they begin until then is as much a guess as the first trials
/// were, and is screened with them, up to half of the sweep's trials: the others are the search that the screen prepares.
/// </para>
/// </remarks>
public sealed class ScreeningScheduler : IScheduler
{
    private readonly int _least, _most;
    private readonly int? _informedAt;
    private readonly AshaScheduler _screen;

    /// <param name="minEpochs">r, at least 1.</param>
    /// <param name="maxEpochs">R.</param>
    /// <param name="factor">η, at least 2.</param>
    /// <param name="replicates">Trials of a configuration; at least 1.</param>
    /// <param name="configurations">Of the sweep; null where it does not say how many.</param>
    public ScreeningScheduler(int minEpochs, int maxEpochs, int factor, int replicates = 1, int? configurations = null)
        : this(
            TrialsOf(minEpochs, maxEpochs, factor) * replicates,
            configurations is { } count ? count / 2 * replicates : int.MaxValue,
            null, new AshaScheduler(minEpochs, maxEpochs, factor))
    {
    }

    private ScreeningScheduler(int least, int most, int? informedAt, AshaScheduler screen) =>
        (_least, _most, _informedAt, _screen) = (least, most, informedAt, screen);

    /// <summary>η^s: configurations that are screened in any case.</summary>
    public static int TrialsOf(int minEpochs, int maxEpochs, int factor) =>
        RungLevels.Below(maxEpochs, minEpochs, factor).Aggregate(1, (trials, _) => trials * factor);

    public IScheduler Reported(Standing standing) => With(standing, screen => screen.Reported(standing));

    public SchedulerDecision Decide(Standing standing) => IsScreened(standing.Trial) ? _screen.Decide(standing) : new SchedulerDecision.Continue();

    public IScheduler Paused(Standing standing) => With(standing, screen => screen.Paused(standing));

    public IScheduler Left(Standing standing) => With(standing, screen => screen.Left(standing));

    public TrialId? NextToPromote(bool isSearchOver) => _screen.NextToPromote(isSearchOver);

    public IScheduler Informed(int trials) => new ScreeningScheduler(_least, _most, trials, _screen);

    /// <summary>Early values may pause it.</summary>
    internal bool IsScreened(TrialId trial) => trial.Number <= Math.Max(_least, Math.Min(_most, _informedAt ?? int.MaxValue));

    private ScreeningScheduler With(Standing standing, Func<AshaScheduler, IScheduler> change) =>
        IsScreened(standing.Trial) ? new ScreeningScheduler(_least, _most, _informedAt, (AshaScheduler)change(_screen)) : this;
}
