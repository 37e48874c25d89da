using CsCheck;
using Sweep.Bench.Simulator;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.Schedulers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Schedulers;

/// <summary>What every scheduler owes: derive a class, and its scheduler is held to it, in whole sweeps under a virtual clock.</summary>
public abstract class SchedulerContract
{
    private const int Epochs = 27, Trials = 30;

    /// <summary>The sweep file's <c>scheduler</c> section.</summary>
    protected abstract string Section { get; }

    /// <summary>The sampler that it works with.</summary>
    protected virtual string Algorithm => "random";

    /// <summary>Where trials may pause or stop.</summary>
    protected abstract bool MayEndAt(int epoch);

    [Fact]
    public void One_worker_ends_the_sweep()
    {
        var run = Run(workers: 1, seed: 1);

        Assert.Equal(SweepEnding.AllTrialsEnded, run.State.Ending);
        Assert.Equal(Trials, run.State.TrialCount);
    }

    [Fact]
    public void Somebody_trains_in_full_however_few_trials_there_are()
    {
        for (var trials = 1; trials <= 12; trials++)
            Assert.Contains(Run(workers: 1, seed: trials, trials: trials).State.Trials, trial => trial.Outcome == TrialOutcome.Completed);
    }

    [Fact]
    public void Twenty_five_workers_that_finish_and_die_in_any_order_end_the_sweep_with_one_outcome_a_trial() =>
        Gen.Long.Sample(seed =>
        {
            var run = Run(workers: 25, seed, deaths: 0.02);

            Assert.Equal(SweepEnding.AllTrialsEnded, run.State.Ending);
            Assert.All(run.State.Trials, trial => Assert.NotNull(trial.Outcome));
            Assert.Equal(Trials, run.Events.OfType<TrialFinished>().Select(finished => finished.Trial).Distinct().Count());
            Assert.Empty(run.State.Paused);
        }, iter: 10);

    [Fact]
    public void Nobody_trains_beyond_the_budget_nor_pauses_twice_at_a_rung() =>
        Gen.Long.Sample(seed =>
        {
            var run = Run(workers: 25, seed, deaths: 0.02);

            Assert.All(run.State.Trials, trial => Assert.InRange(trial.Reports.Count, 1, Epochs));
            foreach (var pauses in run.Pauses.GroupBy(pause => pause.Trial))
            {
                var levels = pauses.Select(pause => pause.Epoch).ToList();
                Assert.Equal(levels.Distinct().Order(), levels);
                Assert.All(levels, level => Assert.True(MayEndAt(level), $"trial {pauses.Key} paused after {level} epochs"));
            }
            Assert.All(
                run.State.Trials.Where(trial => trial.ByScheduler),
                trial => Assert.True(MayEndAt(trial.Reports.Count) && trial.Detail is not null, $"trial {trial.Id} was stopped after {trial.Reports.Count} epochs"));
        }, iter: 10);

    [Fact]
    public void The_same_sweep_twice_gives_the_same_events() =>
        Assert.Equal(Run(workers: 7, seed: 5, deaths: 0.05).Events, Run(workers: 7, seed: 5, deaths: 0.05).Events);

    [Fact]
    public void A_coordinator_that_replays_the_events_decides_as_the_one_that_saw_them_happen()
    {
        var run = Run(workers: 7, seed: 5, deaths: 0.05);
        var stored = new List<ISweepEvent>();
        for (var index = 0; index < run.Steps.Count; index++)
        {
            // Rebuilding is what takes time here: one step in eleven meets every kind of command.
            if (index % 11 == 0)
            {
                var rebuilt = stored.Aggregate(new SweepState(run.Definition), (state, sweepEvent) => state.Apply(sweepEvent));
                Assert.Equal(run.Steps[index].Events, new SweepDecisions(Sampler.Create(run.Definition)).Decide(rebuilt, run.Steps[index].Command));
            }
            stored.AddRange(run.Steps[index].Events);
        }
    }

    [Fact]
    public void Who_cannot_report_a_number_never_gets_in_the_way()
    {
        var run = Run(workers: 3, seed: 1, accuracy: (trial, epoch) => trial.Id.Number % 2 == 0 ? double.NaN : 0.5 + trial.Id.Number * 0.01 + epoch * 0.001);

        Assert.Equal(SweepEnding.AllTrialsEnded, run.State.Ending);
        Assert.Contains(run.State.Trials, trial => trial.Outcome == TrialOutcome.Completed && trial.Id.Number % 2 == 1);
    }

    /// <summary>Nobody repeats a trial to have it judged: what comes after the search is compared with what comes after the search.</summary>
    [Fact]
    public void Final_replicates_are_trained_in_full()
    {
        var run = Run(workers: 1, seed: 1, trials: 9, final: "{top: 2, seeds: 3}");

        var repeated = run.State.Trials.Where(trial => trial.Replicate > 1).ToList();
        Assert.Equal(4, repeated.Count);
        Assert.All(repeated, trial => Assert.Equal(TrialOutcome.Completed, trial.Outcome));
    }

    private SchedulerRun Run(
        int workers, long seed, double deaths = 0, int trials = Trials, string final = "null", Func<TrialState, int, double>? accuracy = null)
    {
        var definition = TestSweep.Define($$$"""
            name: contract
            seed: {{{seed}}}
            dataset: {name: digits}
            model: {family: resnet, blocks: [1], widths: [4]}
            training: {epochs: {{{Epochs}}}}
            parameters: {learning_rate: {distribution: log_uniform, min: 0.001, max: 1.0}}
            search: {algorithm: {{{Algorithm}}}, trials: {{{trials}}}, final_replicates: {{{final}}}}
            scheduler: {{{Section}}}
            """);
        return SchedulerRun.Of(definition, workers, deaths, accuracy ?? NoisyCurve);
    }

    /// <summary>Trials differ in where they end and in how fast, and no epoch is without noise.</summary>
    private static double NoisyCurve(TrialState trial, int epoch)
    {
        var random = new CounterRandom(trial.Seed, 1);
        var (ceiling, speed) = (0.3 + 0.6 * random.NextDouble(), 0.3 + random.NextDouble());
        return ceiling * (1 - Math.Pow(epoch + 1, -speed)) + 0.01 * new CounterRandom(trial.Seed, 2, epoch).NextDouble();
    }
}

/// <summary>A simulated sweep and all that happened in it.</summary>
internal sealed record SchedulerRun(
    SweepDefinition Definition, SweepState State, List<(ISweepCommand Command, IReadOnlyList<ISweepEvent> Events)> Steps, List<(TrialId Trial, int Epoch)> Pauses)
{
    public IEnumerable<ISweepEvent> Events => Steps.SelectMany(step => step.Events);

    /// <param name="deaths">Share of epochs at whose end their worker dies.</param>
    public static SchedulerRun Of(SweepDefinition definition, int workers, double deaths, Func<TrialState, int, double> accuracy)
    {
        var steps = new List<(ISweepCommand, IReadOnlyList<ISweepEvent>)>();
        var pauses = new List<(TrialId, int)>();
        var random = new CounterRandom(definition.Seed, 3);
        var simulation = new Simulation(definition, accuracy, _ => TimeSpan.FromSeconds(0.5 + random.NextDouble()))
        {
            Dies = _ => random.NextDouble() < deaths,
            Decided = (before, command, events) =>
            {
                steps.Add((command, events));
                foreach (var paused in events.OfType<TrialPaused>()) pauses.Add((paused.Attempt.Trial, before[paused.Attempt.Trial].Reports.Count + 1));
            },
        };
        simulation.Run(workers);
        return new SchedulerRun(definition, simulation.State, steps, pauses);
    }
}
