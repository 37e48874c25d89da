using Sweep.Coordinator.Samplers;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Samplers;

public sealed class ComparableLossesTests
{
    [Fact]
    public void A_stopped_trial_is_credited_with_what_whole_ones_gained_after_it()
    {
        var comparable = new ComparableLosses();

        Assert.Equal(0.5, comparable.Next(Stopped(0.5)), 1e-12);
        foreach (var gain in (double[])[0.1, 0.2, 0.9]) comparable.Next(new Observation(Hyperparameters.None, "", [1, 1 - gain / 2, 1 - gain]));

        Assert.Equal(0.3, comparable.Next(Stopped(0.5)), 1e-12);
        Assert.Equal(0.4, comparable.Next(Stopped(0.6, 0.5)), 1e-12);
        Assert.Equal(0.5, comparable.Next(Stopped(0.7, 0.6, 0.5)), 1e-12);
    }

    [Fact]
    public void A_failure_is_worse_than_anything() =>
        Assert.Equal(double.PositiveInfinity, new ComparableLosses().Next(new Observation(Hyperparameters.None, "", [])));

    private static Observation Stopped(params double[] losses) => new(Hyperparameters.None, "", losses.ToValueArray(), IsPartial: true);
}
