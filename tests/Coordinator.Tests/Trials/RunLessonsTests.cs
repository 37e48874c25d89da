using Sweep.Coordinator.Audits;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Tests.Histories;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Tests.Trials;

public sealed class RunLessonsTests
{
    private const string Yaml = """
        name: earlier
        dataset: {name: digits}
        model: {family: resnet, blocks: [1], widths: [4]}
        training: {epochs: 4, batch_size: 64}
        parameters: {learning_rate: {distribution: log_uniform, min: 0.001, max: 1.0}}
        search: {algorithm: random, trials: 12}
        """;

    private readonly TestSweep _earlier = Ran(Yaml);

    [Fact]
    public void Results_of_configurations_that_lie_in_the_space_are_learned()
    {
        var sweep = TestSweep.Define(Yaml.Replace("earlier", "later", StringComparison.Ordinal));
        var lessons = RunLessons.Of(sweep, "runs/earlier", _earlier.State);

        Assert.Equal((12, 0, 0), (lessons.Lessons.Count, lessons.Outside, lessons.Otherwise));
        Assert.Equal(_earlier.State.Trials.Select(trial => trial.Hyperparameters), lessons.Lessons.Select(lesson => lesson.Hyperparameters));
        Assert.Equal("learned from 12 configurations of runs/earlier", lessons.ToString());
    }

    [Fact]
    public void What_does_not_fit_is_counted_and_said()
    {
        var narrower = TestSweep.Define(Yaml.Replace("min: 0.001, max: 1.0", "min: 0.03, max: 1.0", StringComparison.Ordinal));
        var lessons = RunLessons.Of(narrower, "run", _earlier.State);
        Assert.Equal(12, lessons.Lessons.Count + lessons.Outside);
        Assert.InRange(lessons.Outside, 1, 11);
        Assert.Contains($"{lessons.Outside} lie outside of the search space", lessons.ToString(), StringComparison.Ordinal);

        var longer = RunLessons.Of(TestSweep.Define(Yaml.Replace("epochs: 4", "epochs: 8", StringComparison.Ordinal)), "run", _earlier.State);
        Assert.Equal((0, 0, 12), (longer.Lessons.Count, longer.Outside, longer.Otherwise));
    }

    [Fact]
    public void What_was_fixed_then_may_be_searched_now()
    {
        var wider = TestSweep.Define(Yaml.Replace("parameters: {", "parameters: {batch_size: {values: [32, 64]}, ", StringComparison.Ordinal));
        var lessons = RunLessons.Of(wider, "run", _earlier.State);

        Assert.Equal(12, lessons.Lessons.Count);
        Assert.All(lessons.Lessons, lesson => Assert.True(wider.Space.Contains(lesson.Hyperparameters)));
    }

    [Fact]
    public void A_sweep_that_has_learned_begins_where_the_earlier_one_was_good()
    {
        var later = TestSweep.Define(Yaml.Replace("random, trials: 12", "gp, trials: 3", StringComparison.Ordinal).Replace("earlier", "later", StringComparison.Ordinal));
        var lessons = RunLessons.Of(later, "run", _earlier.State);
        var events = Decide(later, TestSweep.StartOf(later) with { Lessons = [lessons] });
        var state = events.Aggregate(new SweepState(later), (state, sweepEvent) => state.Apply(sweepEvent));

        Assert.Contains(events, sweepEvent => sweepEvent is LessonsLearned);
        Assert.Equal((12, 0, 0), (state.Observations.Count, state.TrialCount, state.ConfigurationCount));
        var suggested = Sampler.Create(later).Suggest(state)!["learning_rate"]!.AsDouble();
        Assert.InRange(suggested, 0.03, 0.3);
    }

    [Fact]
    public void The_history_alone_tells_what_was_learned()
    {
        var later = TestSweep.Define(Yaml.Replace("random, trials: 12", "tpe, trials: 5", StringComparison.Ordinal));
        var events = Decide(later, TestSweep.StartOf(later) with { Lessons = [RunLessons.Of(later, "run", _earlier.State)] });
        var sweep = new TestSweep(later, events, TestSweep.Start);
        sweep.RunToTheEnd();

        Assert.Equal(StateText.Of(sweep.State), StateText.Of(SweepState.Restore(later, sweep.State.ToSnapshot())));
        Assert.Equal(5, sweep.State.TrialCount);
        Assert.Equal(17, sweep.State.Observations.Count);
        Assert.Empty(HistoryAudit.ProblemsIn(sweep.Events, sweep.State));
    }

    private static IReadOnlyList<ISweepEvent> Decide(SweepDefinition definition, ISweepCommand command) =>
        new SweepDecisions(Sampler.Create(definition)).Decide(new SweepState(definition), command);

    /// <summary>The best learning rate is 0.1.</summary>
    private static TestSweep Ran(string yaml)
    {
        var sweep = new TestSweep(TestSweep.Define(yaml));
        sweep.RunToTheEnd(trial => 0.9 - 0.2 * Math.Abs(Math.Log10(trial.Hyperparameters["learning_rate"]!.AsDouble()) + 1));
        return sweep;
    }
}
