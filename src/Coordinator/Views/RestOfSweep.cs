using Sweep.Coordinator.Samplers;
using Sweep.Shared;

namespace Sweep.Coordinator.Views;

/// <param name="Spent">Seconds until now.</param>
/// <param name="ByEpochs">Seconds that are left of its whole budget, by the epochs that it has trained; null before the first.</param>
/// <param name="MayStop">Something may end it before its budget is spent, as it has others.</param>
public readonly record struct RestOfTrial(double Spent, double? ByEpochs, bool MayStop);

/// <summary>
/// What is left of a sweep, played through many times: each worker ends the trial that it has and takes the next one, whose cost is drawn from those
/// that were measured. Quantiles of the ends are the estimate. Equal arguments give equal estimates, and as time passes they change smoothly.
/// </summary>
/// <param name="running">One a worker; at least one.</param>
/// <param name="open">Trials that have no worker yet.</param>
/// <param name="measured">Seconds of trials; at least one.</param>
public sealed class RestOfSweep(IReadOnlyList<RestOfTrial> running, int open, double[] measured)
{
    private const int MostPlays = 64, FewestPlays = 16, MostTrialsPlayed = 20_000;

    /// <summary>Epochs to come take as long as those before, give or take.</summary>
    private const double EpochDeviation = 0.15;

    /// <summary>One trial tells the cost of others to within a third or so; more of them tell it better.</summary>
    private const double OneTrialDeviation = 0.35;

    /// <summary>Only the last rounds decide who ends last; of those before, their sum is enough.</summary>
    private const int LastRounds = 3;

    public TimeLeft Estimate()
    {
        var ends = new double[Math.Clamp(MostTrialsPlayed / running.Count, FewestPlays, MostPlays)];
        for (var play = 0; play < ends.Length; play++) ends[play] = Play(new CounterRandom(seed: 0, play));
        Array.Sort(ends);
        return new TimeLeft(ends[ends.Length / 2], ends[ends.Length / 20], ends[^(1 + ends.Length / 20)]);
    }

    private double Play(CounterRandom random)
    {
        var costs = Resampled(ref random);
        var before = Math.Max(0, open - LastRounds * running.Count);
        var shared = SumOf(before, costs, ref random) / running.Count;
        var busy = new PriorityQueue<bool, double>(running.Count);
        var end = 0.0;
        foreach (var trial in running) Take(shared + RestOf(trial, costs, ref random));
        for (var trial = before; trial < open; trial++)
        {
            busy.TryDequeue(out _, out var free);
            Take(free + Draw(costs, ref random));
        }
        return end;

        void Take(double until)
        {
            busy.Enqueue(true, until);
            end = Math.Max(end, until);
        }
    }

    /// <summary>Bootstrap: what might as well have been measured. So few as one measurement are not certain by being alone.</summary>
    private double[] Resampled(ref CounterRandom random)
    {
        var scale = Math.Exp(OneTrialDeviation / Math.Sqrt(measured.Length) * Normal.Draw(ref random));
        var costs = new double[measured.Length];
        for (var index = 0; index < costs.Length; index++) costs[index] = scale * Draw(measured, ref random);
        return costs;
    }

    /// <summary>By its own epochs, and where trials are stopped early, as one of those that took longer than it has.</summary>
    private static double RestOf(RestOfTrial trial, double[] costs, ref CounterRandom random)
    {
        var left = Draw(costs, ref random) - trial.Spent;
        if (trial.ByEpochs is not { } own) return Math.Max(0, left);
        own *= Math.Max(0, 1 + EpochDeviation * Normal.Draw(ref random));
        return trial.MayStop && left > 0 ? Math.Min(left, own) : own;
    }

    private static double SumOf(int count, double[] costs, ref CounterRandom random)
    {
        var mean = costs.Average();
        var deviation = Math.Sqrt(costs.Sum(cost => (cost - mean) * (cost - mean)) / costs.Length);
        return Math.Max(0, count * mean + Math.Sqrt(count) * deviation * Normal.Draw(ref random));
    }

    private static double Draw(double[] costs, ref CounterRandom random) => costs[random.NextInt(costs.Length)];
}
