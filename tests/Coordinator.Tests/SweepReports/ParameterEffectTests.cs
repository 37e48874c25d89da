using Sweep.Coordinator.SweepReports;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.SweepReports;

public sealed class ParameterEffectTests
{
    [Fact]
    public void A_choice_has_a_cell_a_value_with_the_mean_of_its_trials()
    {
        var sweep = Sweep("momentum: {values: [0.5, 0.9]}", trials: 20);
        var effect = ParameterEffect.Of(sweep.Definition.Space, sweep.Definition.Objective, sweep.State.Trials).Single(effect => effect.Name == "momentum");
        Assert.Equal([0.5, 0.9], effect.Cells.Select(cell => cell.Value.AsDouble()));
        foreach (var cell in effect.Cells)
        {
            var own = sweep.State.Trials.Where(trial => trial.Hyperparameters["momentum"] == cell.Value).Select(trial => trial.Id.Number / 100.0).ToList();
            Assert.Equal(own.Count, cell.Trials);
            Assert.Equal(own.Average(), cell.Mean, 12);
        }
    }

    [Fact]
    public void A_range_is_cut_on_its_own_scale_and_every_trial_is_in_one_cell()
    {
        var sweep = Sweep("momentum: {values: [0.5, 0.9]}", trials: 40);
        var effect = ParameterEffect.Of(sweep.Definition.Space, sweep.Definition.Objective, sweep.State.Trials).Single(effect => effect.Name == "learning_rate");
        Assert.Equal(sweep.State.TrialCount, effect.Cells.Sum(cell => cell.Trials));
        var middles = effect.Cells.Select(cell => cell.Value.AsDouble()).ToList();
        Assert.Equal(middles.Order(), middles);
        Assert.InRange(middles[0], 0.001, 0.01);
    }

    /// <summary>Student's t for three degrees of freedom at 97.5 % is 3.1824.</summary>
    [Fact]
    public void The_interval_is_Students_and_a_single_trial_has_none()
    {
        var cell = EffectCell.Of(new HyperparameterValue.Flag(true), [0.1, 0.2, 0.3, 0.4]);
        var half = 3.1824463 * Math.Sqrt(0.05 / 3) / 2;
        Assert.Equal((0.25 - half, 0.25 + half), (cell.Low!.Value, cell.High!.Value), new Close());
        Assert.Null(EffectCell.Of(new HyperparameterValue.Flag(true), [0.1]).Low);
    }

    private static TestSweep Sweep(string parameter, int trials)
    {
        var sweep = new TestSweep(TestSweep.Define($$"""
            name: test
            dataset: {name: digits}
            model: {family: resnet, blocks: [1], widths: [4]}
            training: {epochs: 2}
            parameters:
              learning_rate: {distribution: log_uniform, min: 0.001, max: 1.0}
              {{parameter}}
            search: {algorithm: random, trials: {{trials}}}
            """));
        sweep.RunToTheEnd(trial => trial.Id.Number / 100.0);
        return sweep;
    }

    private sealed class Close : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) x, (double, double) y) => Math.Abs(x.Item1 - y.Item1) < 1e-6 && Math.Abs(x.Item2 - y.Item2) < 1e-6;

        public int GetHashCode((double, double) pair) => 0;
    }
}
