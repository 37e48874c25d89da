using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Tests.Trials;

public sealed class ConfigurationOutcomeTests
{
    [Fact]
    public void Replicates_of_a_configuration_count_once_they_have_all_ended_and_as_their_mean()
    {
        var sweep = new TestSweep("replicates: 2", trials: 2, epochs: 2);
        var (first, second) = (sweep.Assign(1)!.Value, sweep.Assign(2)!.Value);
        Train(sweep, 1, first, 0.5, 0.4);
        Assert.Equal(0, sweep.State.Observations.Count);
        Assert.Single(sweep.State.Pending);

        Train(sweep, 2, second, 0.6, 0.8);

        var observation = sweep.State.Observations[0];
        Assert.Equal(1, sweep.State.Observations.Count);
        Assert.Equal(2, observation.Losses.Count);
        Assert.Equal(-0.55, observation.Losses[0], 1e-12);
        Assert.Equal(-0.65, observation.Losses[1], 1e-12);
        Assert.False(observation.IsPartial);
        Assert.Empty(sweep.State.Pending);
    }

    [Fact]
    public void A_trial_without_a_result_is_a_failure()
    {
        var sweep = new TestSweep();
        var attempt = sweep.Assign(1)!.Value;

        sweep.End(1, attempt, AttemptEnding.OutOfMemory);

        Assert.True(sweep.State.Observations[0].IsFailure);
    }

    [Fact]
    public void A_trial_that_a_limit_stopped_is_partial_and_one_that_never_ran_says_nothing()
    {
        var sweep = new TestSweep("limits: {max_epochs_total: 2}");
        var (first, second) = (sweep.Assign(1)!.Value, sweep.Assign(2)!.Value);
        sweep.End(2, second, AttemptEnding.Released);
        Train(sweep, 1, first, 0.5, 0.4);

        Assert.Equal(1, sweep.State.Observations.Count);
        Assert.True(sweep.State.Observations[0].IsPartial);
    }

    [Theory]
    [InlineData("tpe")]
    [InlineData("gp")]
    [InlineData("cma_es")]
    [InlineData("evolution")]
    [InlineData("sobol")]
    [InlineData("auto")]
    public void A_sweep_rebuilt_from_its_events_goes_on_with_the_same_suggestion(string algorithm)
    {
        var definition = TestSweep.Define($$$"""
            name: test
            dataset: {name: digits}
            model: {family: resnet, blocks: [1], widths: [4]}
            training: {epochs: 2}
            parameters:
              learning_rate: {distribution: log_uniform, min: 0.001, max: 1.0}
              optimizer: {values: [sgd, adam]}
              momentum: {min: 0.1, max: 0.9, when: {optimizer: sgd}}
            search: {algorithm: {{{algorithm}}}, trials: 60}
            """);
        var sweep = new TestSweep(definition);
        for (var trial = 0; trial < 15; trial++)
        {
            // Two at a time, and the younger one ends first.
            var (older, younger) = (sweep.Assign(1)!.Value, sweep.Assign(2)!.Value);
            var rebuilt = new TestSweep(definition, sweep.Events, sweep.Tick());
            foreach (var again in (TestSweep[])[sweep, rebuilt]) again.Assign(3);
            var newest = new TrialId(sweep.State.TrialCount);
            Assert.Equal(sweep.State[newest].Hyperparameters, rebuilt.State[newest].Hyperparameters);

            Train(sweep, 2, younger, Accuracy(sweep, younger), 0.1);
            Train(sweep, 1, older, Accuracy(sweep, older), 0.1);
            Train(sweep, 3, sweep.State.Running[TestSweep.Worker(3)], 0.3, 0.4);
            if (sweep.State.TrialCount >= 57) break;
        }
    }

    private static double Accuracy(TestSweep sweep, AttemptId attempt) =>
        1 / (1 + Math.Abs(Math.Log10(((NetworkConfiguration)sweep.State[attempt.Trial].Configuration).Training.LearningRate) + 1));

    private static void Train(TestSweep sweep, int worker, AttemptId attempt, params double[] accuracies)
    {
        foreach (var (epoch, accuracy) in accuracies.Index()) sweep.Record(worker, attempt, TestSweep.Report(epoch + 1, heldOut: accuracy));
    }
}
