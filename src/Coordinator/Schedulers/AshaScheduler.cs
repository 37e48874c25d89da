using System.Collections.Immutable;
using Sweep.Shared;

namespace Sweep.Coordinator.Schedulers;

/// <summary>
/// Asynchronous successive halving (Li et al., "A System for Massively Parallel Hyperparameter Tuning", 2020, Algorithm 2): of all trials
/// that have reached a rung, the best 1/η may go on, and nobody waits for the rung to fill.
/// <list type="table">
/// <item><term>r</term><description>epochs of the lowest rung of bracket 0</description></item>
/// <item><term>R</term><description>epochs of a full training</description></item>
/// <item><term>η</term><description>the reduction factor: of η trials in a rung, one goes on</description></item>
/// <item><term>s</term><description>the bracket, which leaves out the lowest s rungs</description></item>
/// </list>
/// </summary>
/// <remarks>
/// Two departures. A trial that is among the best when it reaches a rung goes on at once: to pause it would only lose its worker's
/// memory. And when the search is over, a rung with fewer than η trials lets its best one go on: else a small sweep would end without
/// a single trial trained in full.
/// </remarks>
public sealed class AshaScheduler : IScheduler
{
    private readonly int _factor;
    private readonly ImmutableArray<Rung> _rungs;

    /// <param name="minEpochs">r, at least 1.</param>
    /// <param name="maxEpochs">R.</param>
    /// <param name="factor">η, at least 2.</param>
    /// <param name="bracket">s, at least 0.</param>
    public AshaScheduler(int minEpochs, int maxEpochs, int factor, int bracket = 0)
        : this(factor, [.. RungLevels.Below(maxEpochs, minEpochs, factor).Skip(bracket).Select(Rung.At)])
    {
    }

    private AshaScheduler(int factor, ImmutableArray<Rung> rungs) => (_factor, _rungs) = (factor, rungs);

    public IScheduler Reported(Standing standing) => With(standing, rung => rung.Reach(standing));

    public SchedulerDecision Decide(Standing standing)
    {
        if (RungAt(standing.Epoch) is not { } rung || rung.Above(standing) < Quota(rung)) return new SchedulerDecision.Continue();
        return new SchedulerDecision.Pause($"place {rung.Above(standing) + 1} of {rung.Count} after {Epochs(standing.Epoch)}, where {Quota(rung)} may go on");
    }

    public IScheduler Paused(Standing standing) => With(standing, rung => rung.Pause(standing));

    public IScheduler Left(Standing standing) => With(standing, rung => rung.Leave(standing));

    /// <summary><c>get_job</c>: the best of the highest rung that has one to promote.</summary>
    public TrialId? NextToPromote(bool isSearchOver)
    {
        foreach (var rung in _rungs.Reverse())
            if (rung.BestPaused is var (trial, above) && above < Math.Max(Quota(rung), isSearchOver ? 1 : 0)) return trial;
        return null;
    }

    /// <summary>|rung k| / η, rounded down.</summary>
    private int Quota(Rung rung) => rung.Count / _factor;

    private Rung? RungAt(int epoch) => _rungs.FirstOrDefault(rung => rung.Level == epoch);

    private AshaScheduler With(Standing standing, Func<Rung, Rung> change) =>
        RungAt(standing.Epoch) is { } rung ? new AshaScheduler(_factor, _rungs.Replace(rung, change(rung))) : this;

    private static string Epochs(int count) => count == 1 ? "1 epoch" : $"{count} epochs";

    /// <param name="Level">In epochs.</param>
    /// <param name="Reached">Every trial that has reached the rung, with the score that it had then.</param>
    /// <param name="Waiting">Those that are paused here.</param>
    private sealed record Rung(int Level, Ranking Reached, Ranking Waiting)
    {
        public static Rung At(int level) => new(level, Ranking.Empty, Ranking.Empty);

        public int Count => Reached.Count;

        public (TrialId Trial, int Above)? BestPaused => Waiting.First is { } best ? (best.Trial, Reached.Above(best.Trial, best.Score)) : null;

        public int Above(Standing standing) => Reached.Above(standing.Trial, standing.Best);

        public Rung Reach(Standing standing) => this with { Reached = Reached.With(standing.Trial, standing.Best) };

        public Rung Pause(Standing standing) => this with { Waiting = Waiting.With(standing.Trial, standing.Best) };

        public Rung Leave(Standing standing) => this with { Waiting = Waiting.Without(standing.Trial, standing.Best) };
    }
}
