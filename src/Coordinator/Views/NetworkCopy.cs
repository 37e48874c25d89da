using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Views;

/// <summary>One trial of a population took over another's network.</summary>
/// <param name="Epoch">After so many epochs of both.</param>
/// <param name="Detail">The hyperparameters that it went on with.</param>
public sealed record NetworkCopy(int Epoch, int From, int To, string Detail)
{
    /// <summary>All of a sweep, by trial and then by epoch; none but of population based training.</summary>
    public static IEnumerable<NetworkCopy> In(SweepState state) => state.Definition.Scheduler.Population is null
        ? []
        : state.Trials.SelectMany(trial => trial.Exploits, (trial, exploit) =>
            new NetworkCopy(exploit.Epoch, exploit.Source.Number, trial.Id.Number, Figures.Compact(trial.HyperparametersAt(exploit.Epoch + 1))));
}
