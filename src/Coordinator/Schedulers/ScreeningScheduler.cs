using Sweep.Shared;

namespace Sweep.Coordinator.Schedulers;

/// <summary>
/// Successive halving while nothing is known, and whole trainings once a model knows what to try: the first trials are Hyperband's most
/// aggressive bracket (Li et al., 2018: n = η^s of them, s the number of rungs), run as <see cref="AshaScheduler"/> runs it; every later trial trains on.
/// </summary>
/// <remarks>
/// Early values find the better part of a space cheaply. Within that part they tell trials apart no better than noise and the habits of their learning
/// curves allow, and a sampler that proposes good configurations needs their final values to find better ones.
/// </remarks>
public sealed class ScreeningScheduler : IScheduler
{
    private readonly int _screened;
    private readonly AshaScheduler _screen;

    /// <param name="minEpochs">r, at least 1.</param>
    /// <param name="maxEpochs">R.</param>
    /// <param name="factor">η, at least 2.</param>
    /// <param name="replicates">Trials of a configuration; at least 1.</param>
    public ScreeningScheduler(int minEpochs, int maxEpochs, int factor, int replicates = 1)
        : this(TrialsOf(minEpochs, maxEpochs, factor) * replicates, new AshaScheduler(minEpochs, maxEpochs, factor))
    {
    }

    private ScreeningScheduler(int screened, AshaScheduler screen) => (_screened, _screen) = (screened, screen);

    /// <summary>η^s: configurations that are screened.</summary>
    public static int TrialsOf(int minEpochs, int maxEpochs, int factor) =>
        RungLevels.Below(maxEpochs, minEpochs, factor).Aggregate(1, (trials, _) => trials * factor);

    public IScheduler Reported(Standing standing) => With(standing, screen => screen.Reported(standing));

    public SchedulerDecision Decide(Standing standing) => IsScreened(standing.Trial) ? _screen.Decide(standing) : new SchedulerDecision.Continue();

    public IScheduler Paused(Standing standing) => With(standing, screen => screen.Paused(standing));

    public IScheduler Left(Standing standing) => With(standing, screen => screen.Left(standing));

    public TrialId? NextToPromote(bool isSearchOver) => _screen.NextToPromote(isSearchOver);

    /// <summary>One of the first, which early values may pause.</summary>
    internal bool IsScreened(TrialId trial) => trial.Number <= _screened;

    private ScreeningScheduler With(Standing standing, Func<AshaScheduler, IScheduler> change) =>
        IsScreened(standing.Trial) ? new ScreeningScheduler(_screened, (AshaScheduler)change(_screen)) : this;
}
