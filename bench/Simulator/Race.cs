using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Bench.Simulator;

/// <summary>How soon one sweep finds a good configuration and trains it in full.</summary>
/// <param name="Epochs">Trained by all trials together when the race was over.</param>
/// <param name="To1Percent">When a fully trained trial was within 0.010 of the best attainable accuracy; null for never.</param>
/// <param name="To02Percent">Within 0.002.</param>
/// <param name="Regret">Of the best fully trained trial.</param>
public sealed record Race(long Seed, int Epochs, Race.Mark? To1Percent, Race.Mark? To02Percent, int Trials, int FullyTrained, double Regret)
{
    /// <param name="Epochs">Trained by all trials together until then.</param>
    /// <param name="Time">In epochs of one worker.</param>
    public sealed record Mark(int Epochs, double Time);

    /// <summary>Runs until the second mark, or until so many epochs were trained. The sweep sees noisy accuracies; the marks go by the noise-free ones.</summary>
    /// <param name="cap">In epochs; as in the comparison with others, a race of one worker ends with the first trial beyond it.</param>
    /// <param name="search">The search section, with more trials than the cap allows.</param>
    public static Race Run(long seed, int workers, int cap, string search, string scheduler)
    {
        var curves = new Dictionary<TrialId, Curve>();
        var best = double.NegativeInfinity;
        var full = 0;
        Mark? to1 = null, to02 = null;
        var simulation = new Simulation(
            MixedSpace.Sweep(seed, $"search: {search}\nscheduler: {scheduler}"),
            (trial, epoch) =>
            {
                if (!curves.TryGetValue(trial.Id, out var curve)) curves[trial.Id] = curve = new Curve((NetworkConfiguration)trial.Configuration, seed, trial.Id.Number - 1);
                return curve.Next(epoch);
            },
            SpeedOf);
        simulation.Decided = (state, _, events) =>
        {
            foreach (var finished in events.OfType<TrialFinished>().Where(finished => finished.Outcome == TrialOutcome.Completed))
            {
                full++;
                best = Math.Max(best, MixedSpace.Accuracy((NetworkConfiguration)state[finished.Trial].Configuration));
                var now = new Mark(state.EpochsTotal + 1, simulation.Elapsed.TotalSeconds);
                if (best >= MixedSpace.Best - 0.010) to1 ??= now;
                if (best >= MixedSpace.Best - 0.002) to02 ??= now;
            }
        };
        simulation.Run(workers, state => to02 is not null || state.EpochsTotal >= cap);
        return new Race(seed, simulation.State.EpochsTotal, to1, to02, simulation.State.TrialCount, full, MixedSpace.Best - best);
    }

    /// <summary>A second an epoch, but for small differences, so that workers do not march in step.</summary>
    private static TimeSpan SpeedOf(int worker) => TimeSpan.FromSeconds(1 + 0.1 * (worker * 0.618033988749894848 % 1));
}
