using Sweep.Bench.Simulator;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Tests.Histories;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Simulations;

/// <summary>
/// Whole sweeps of every sampler with every scheduler: four workers that differ in speed, so that results come out of order, and die now and then, and
/// trials that diverge. What a coordinator decides follows from seed and events alone.
/// </summary>
public sealed class ReplayTests
{
    private const int Workers = 4, Trials = 18, Epochs = 9;

    private static readonly string[] Samplers = ["grid", "random", "sobol", "tpe", "gp", "cma_es", "evolution", "auto"];

    private static readonly string[] Schedulers =
    [
        "{name: none}", "{name: median, min_epochs: 2}", "{name: asha}", "{name: asha, resource: seconds, min_seconds: 2}", "{name: hyperband}",
        "{name: bohb, min_epochs: 3}", "{name: screening, min_epochs: 3}", "{name: auto}", "{name: pbt, population: 18, interval_epochs: 2}",
    ];

    /// <summary>Every sampler with every scheduler, but for bohb, which has a sampler of its own, and for a population, whose members are drawn.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> Pairs =>
        from sampler in Samplers
        from scheduler in Schedulers
        where (!scheduler.Contains("bohb") || sampler == "tpe") && !(scheduler.Contains("pbt") && sampler == "grid")
        select new TheoryDataRow<string, string>(sampler, scheduler);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_same_seed_and_order_of_results_give_the_same_sweep(string sampler, string scheduler) =>
        Assert.Equal(Ran.Of(Define(sampler, scheduler)).Events, Ran.Of(Define(sampler, scheduler)).Events);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Each_decision_is_that_of_a_coordinator_which_knows_the_events_alone(string sampler, string scheduler)
    {
        var definition = Define(sampler, scheduler);
        var live = Ran.Of(definition);
        var replayed = new SweepState(definition);
        foreach (var (step, (command, events)) in live.Steps.Index())
        {
            // Every third state is that of a snapshot, and the others are those of events.
            if (step % 3 == 2) replayed = SweepState.Restore(definition, replayed.ToSnapshot());
            Assert.Equal(events, new SweepDecisions(Sampler.Create(definition)).Decide(replayed, command));
            replayed = events.Aggregate(replayed, (state, sweepEvent) => state.Apply(sweepEvent));
        }
        Assert.Equal(StateText.Of(live.State), StateText.Of(replayed));
        Assert.Equal(SweepEnding.AllTrialsEnded, live.State.Ending);
    }

    /// <summary>Else the test above would show less than it says.</summary>
    [Fact]
    public void Trials_fail_wait_and_pause_while_others_are_proposed()
    {
        var ran = Ran.Of(Define("tpe", "{name: asha}"));

        Assert.Contains(ran.Events, sweepEvent => sweepEvent is AttemptClosed { Closure: AttemptClosure.Lost });
        Assert.Contains(ran.Events, sweepEvent => sweepEvent is TrialFinished { Outcome: TrialOutcome.Diverged });
        Assert.Contains(ran.Events, sweepEvent => sweepEvent is AttemptStarted { RecordedEpochs: > 0 });
        Assert.Contains(ran.Proposals, state => state is { Running.Count: Workers - 1, Paused.IsEmpty: false, Observations.Count: > 0 });
        Assert.NotEqual(
            ran.Events.OfType<TrialCreated>().Select(created => created.Trial), ran.Events.OfType<TrialFinished>().Select(finished => finished.Trial));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_space_that_is_exhausted_ends_the_sweep(string sampler, string scheduler)
    {
        if (scheduler.Contains("pbt")) return;
        var ran = Ran.Of(Define(sampler, scheduler, "{batch_size: {values: [16, 32, 64, 128]}, nesterov: {values: [true, false], when: {batch_size: [16, 32]}}}", trials: 40));

        Assert.Equal((6, SweepEnding.AllTrialsEnded), (ran.State.TrialCount, ran.State.Ending));
        Assert.Single(ran.Events.OfType<SearchExhausted>());
        Assert.All(ran.State.Trials, trial => Assert.NotNull(trial.Outcome));
    }

    private static SweepDefinition Define(string sampler, string scheduler, string? parameters = null, int trials = Trials) => TestSweep.Define($$"""
        name: replayed
        seed: 3
        dataset: {name: digits}
        model: {family: resnet, blocks: [1], widths: [4]}
        training: {epochs: {{Epochs}}}
        parameters: {{parameters ?? """
            {learning_rate: {distribution: log_uniform, min: 0.001, max: 1.0, points: 4}, momentum: {values: [0, 0.5, 0.9]},
             nesterov: {values: [true, false], when: {momentum: [0.5, 0.9]}}}
            """}}
        search: {algorithm: {{sampler}}, trials: {{trials}}}
        scheduler: {{scheduler}}
        """);

    /// <param name="Proposals">States in which a configuration was proposed.</param>
    private sealed record Ran(SweepState State, List<(ISweepCommand Command, IReadOnlyList<ISweepEvent> Events)> Steps, List<SweepState> Proposals)
    {
        public IEnumerable<ISweepEvent> Events => Steps.SelectMany(step => step.Events);

        public static Ran Of(SweepDefinition definition)
        {
            var (steps, proposals, death) = (new List<(ISweepCommand, IReadOnlyList<ISweepEvent>)>(), new List<SweepState>(), new CounterRandom(7));
            var simulation = new Simulation(definition, Accuracy, worker => TimeSpan.FromSeconds(1 + 0.37 * worker))
            {
                Dies = _ => death.NextDouble() < 0.04,
                Report = Report,
                Decided = (state, command, events) =>
                {
                    steps.Add((command, events));
                    if (events.Any(sweepEvent => sweepEvent is TrialCreated)) proposals.Add(state);
                },
            };
            simulation.Run(Workers);
            return new Ran(simulation.State, steps, proposals);
        }

        private static double Accuracy(TrialState trial, int epoch) => 0.3 + 0.6 * Fraction(trial, 1) * (1 - Math.Pow(1 + epoch, -0.2 - Fraction(trial, 2)));

        /// <summary>One trial in six diverges in its third epoch.</summary>
        private static EpochReport Report(TrialState trial, int epoch, double accuracy)
        {
            var loss = epoch == 3 && Fraction(trial, 3) < 1 / 6.0 ? double.NaN : 1 - accuracy;
            return new EpochReport(epoch, loss, accuracy, new Evaluation(1 - accuracy, accuracy), new Evaluation(1 - accuracy, accuracy), 0.1, 1, 1_000);
        }

        private static double Fraction(TrialState trial, int stream) => new CounterRandom(trial.Seed, stream).NextDouble();
    }
}
