using Sweep.Coordinator.Importances;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Importances;

public sealed class MarginalEffectTests
{
    [Fact]
    public void A_choice_has_a_cell_a_value_with_the_mean_of_its_trials()
    {
        var sweep = Sweep("momentum: {values: [0.5, 0.9]}", trials: 20);
        var effect = EffectOf(sweep, "momentum");
        Assert.Equal([0.5, 0.9], effect.Cells.Select(cell => cell.Low.AsDouble()));
        foreach (var cell in effect.Cells)
        {
            var own = sweep.State.Trials.Where(trial => trial.Hyperparameters["momentum"] == cell.Low).Select(trial => trial.Id.Number / 100.0).ToList();
            Assert.Equal(own.Count, cell.Trials);
            Assert.Equal(own.Average(), cell.Mean, 12);
            Assert.Equal((own.Max(), own.Min()), (cell.Best, cell.Worst));
        }
    }

    [Fact]
    public void A_range_is_cut_on_its_own_scale_and_every_trial_is_in_one_cell()
    {
        var sweep = Sweep("momentum: {values: [0.5, 0.9]}", trials: 40);
        var effect = EffectOf(sweep, "learning_rate");
        Assert.Equal(sweep.State.TrialCount, effect.Cells.Sum(cell => cell.Trials));
        var ends = effect.Cells.Select(cell => cell.Low.AsDouble()).ToList();
        Assert.Equal(ends.Order(), ends);
        Assert.InRange(ends[0], 0.001, 0.01);
        Assert.All(effect.Cells, cell => Assert.Equal(Math.Pow(1000, 1.0 / 12), cell.High.AsDouble() / cell.Low.AsDouble(), 9));
    }

    /// <summary>Student's t for three degrees of freedom at 97.5 % is 3.1824.</summary>
    [Fact]
    public void The_interval_is_Students_and_a_single_trial_has_none()
    {
        var half = 3.1824463 * Math.Sqrt(0.05 / 3) / 2;
        Assert.Equal(half, EffectCell.HalfInterval([0.1, 0.2, 0.3, 0.4])!.Value, 6);
        Assert.Null(EffectCell.HalfInterval([0.1]));
    }

    private static MarginalEffect EffectOf(TestSweep sweep, string parameter) => MarginalEffect.Of(
        sweep.Definition.Space, sweep.Definition.Objective,
        [.. Leaderboard.Of(sweep.State).Rows.Where(row => row.IsRankable).Select(row => (row.Hyperparameters, row.Objective!.Value))]).Single(effect => effect.Name == parameter);

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
}
