using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Views;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Views;

public sealed class RungTableTests
{
    [Fact]
    public void A_trial_is_at_every_rung_up_to_its_last_epoch_by_its_best_until_then()
    {
        var sweep = new TestSweep("scheduler: {name: asha, min_epochs: 1, reduction_factor: 2}", trials: 2, epochs: 8);
        double[] accuracies = [0.6, 0.5, 0.9, 0.8, 0.8, 0.8, 0.8, 0.95];
        sweep.RunToTheEnd(trial => trial.Id.Number == 1 ? accuracies[trial.Reports.Count] : 0.1);
        var rungs = RungTable.Of(sweep.State, 1);
        Assert.Equal([1, 2, 4], rungs.Select(rung => rung.Epochs!.Value));
        Assert.Equal([new RungEntry(1, 0.6, RungFate.WentOn)], rungs[0].Entries);
        Assert.Equal([new RungEntry(1, 0.6, RungFate.WentOn)], rungs[1].Entries);
        Assert.Equal([new RungEntry(1, 0.9, RungFate.WentOn)], rungs[2].Entries);
    }

    [Fact]
    public void Where_less_is_better_the_lowest_comes_first_and_no_more_are_named_than_asked_for()
    {
        var sweep = new TestSweep("scheduler: {name: asha, min_epochs: 1, reduction_factor: 2}\nobjective: {metric: validation_loss}", trials: 6, epochs: 4);
        foreach (var worker in Enumerable.Range(1, 6))
            sweep.Record(worker, sweep.Assign(worker)!.Value, Report(1) with { Validation = new(10 - worker, 0.5) });
        var lowest = RungTable.Of(sweep.State, 3)[0];
        Assert.Equal(6, lowest.Reached);
        Assert.Equal([(6, 4.0), (5, 5.0), (4, 6.0)], lowest.Entries.Select(entry => (entry.Trial, entry.Objective!.Value)));
    }

    [Fact]
    public void Rungs_of_seconds_are_reached_by_training_time_and_those_nobody_reached_are_left_out()
    {
        var sweep = new TestSweep("scheduler: {name: asha, resource: seconds, min_seconds: 2}", trials: 2, epochs: 50);
        sweep.RunToTheEnd(trial => trial.Id.Number / 10.0);
        var rungs = RungTable.Of(sweep.State, 10);
        Assert.Equal([2, 6, 18], rungs.Select(rung => rung.Seconds!.Value));
        Assert.All(rungs, rung => Assert.Null(rung.Epochs));
        Assert.Equal((2, 1), (rungs[0].Reached, rungs[0].WentOn));
    }

    [Fact]
    public void Brackets_have_rungs_of_their_own_and_every_trial_is_in_one()
    {
        var sweep = new TestSweep("scheduler: {name: hyperband, min_epochs: 1, reduction_factor: 3}", trials: 20, epochs: 9);
        sweep.RunToTheEnd(trial => trial.Id.Number / 100.0);
        var rungs = RungTable.Of(sweep.State, 100);
        Assert.Equal([(0, 1), (0, 3), (1, 3)], rungs.Select(rung => (rung.Bracket, rung.Epochs!.Value)));
        var entered = rungs.GroupBy(rung => rung.Bracket).SelectMany(bracket => bracket.First().Entries).Select(entry => entry.Trial).ToList();
        Assert.Equal(entered.Distinct().Count(), entered.Count);
        Assert.InRange(entered.Count, 10, 20);
    }
}
