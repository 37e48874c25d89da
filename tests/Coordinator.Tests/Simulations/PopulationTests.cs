using CsCheck;
using Sweep.Bench.Simulator;
using Sweep.Coordinator.Audits;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Tests.Histories;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Simulations;

/// <summary>
/// The toy example of the paper on population based training (Jaderberg et al. 2017, figure 2), with four members: what is to be maximised is
/// 1.2 − (θ₀² + θ₁²), and training goes up the surrogate 1.2 − (h₀·θ₀² + h₁·θ₁²). With h = (1, 0) θ₁ never moves, with (0, 1) θ₀ never does; the
/// members begin near the one or the other.
/// </summary>
public sealed class PopulationTests
{
    private const int Members = 4, Epochs = 60;

    private const string Yaml = """
        name: toy
        dataset: {name: digits}
        model: {family: resnet, blocks: [1]}
        training: {epochs: 60}
        parameters:
          momentum: {distribution: uniform, min: 0.0, max: 0.99}
          label_smoothing: {distribution: uniform, min: 0.0, max: 0.99}
        search:
          algorithm: random
          start_with:
            - {momentum: 0.9, label_smoothing: 0.01}
            - {momentum: 0.01, label_smoothing: 0.9}
            - {momentum: 0.8, label_smoothing: 0.01}
            - {momentum: 0.01, label_smoothing: 0.8}
        early_stopping: {overfit: {action: flag}}
        retries: {max_attempts: 1000}
        """;

    private static readonly SweepDefinition Population = TestSweep.Define($"{Yaml}\nscheduler: {{name: pbt, population: 4, interval_epochs: 2, resample_probability: 0.5}}");
    private static readonly SweepDefinition Alone = TestSweep.Define($"{Yaml}\n".Replace("random", "random\n  trials: 4", StringComparison.Ordinal));

    [Fact]
    public void A_population_gets_where_none_of_its_members_gets_alone()
    {
        Assert.InRange(Toy.Run(Population, workers: 1).Best, 1.0, 1.2);
        Assert.InRange(Toy.Run(Alone, workers: 1).Best, 0.3, 0.5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(9)]
    public void Any_number_of_workers_trains_every_member_to_its_end(int workers)
    {
        var toy = Toy.Run(Population, workers);

        Assert.Equal(SweepEnding.AllTrialsEnded, toy.State.Ending);
        Assert.All(toy.State.Trials, trial => Assert.Equal((TrialOutcome.Completed, Epochs), (trial.Outcome!.Value, trial.Reports.Count)));
        Assert.NotEmpty(toy.Events.OfType<TrialExploited>());
        Assert.InRange(toy.Best, 0.9, 1.2);
        Assert.Empty(HistoryAudit.ProblemsIn(toy.Events, toy.State));
    }

    [Fact]
    public void Workers_that_die_cost_time_and_nothing_else() =>
        Gen.Select(Gen.Long, Gen.Int[1, 6]).Sample((seed, workers) =>
        {
            var toy = Toy.Run(Population, workers, seed, deaths: 0.05);

            Assert.Equal(SweepEnding.AllTrialsEnded, toy.State.Ending);
            Assert.All(toy.State.Trials, trial => Assert.Equal(Epochs, trial.Reports.Count));
            Assert.Empty(HistoryAudit.ProblemsIn(toy.Events, toy.State));
        }, iter: 20);

    [Fact]
    public void With_one_worker_deaths_change_no_result()
    {
        var (calm, stormy) = (Toy.Run(Population, workers: 1), Toy.Run(Population, workers: 1, seed: 3, deaths: 0.1));

        Assert.Contains(stormy.Events, sweepEvent => sweepEvent is AttemptClosed);
        Assert.Equal(Exploits(calm), Exploits(stormy));
        Assert.Equal(calm.Best, stormy.Best);

        static List<(TrialId, TrialId, int, Hyperparameters)> Exploits(Toy toy) =>
            [.. toy.Events.OfType<TrialExploited>().Select(exploited => (exploited.Trial, exploited.Source, exploited.Epoch, exploited.Hyperparameters))];
    }

    [Fact]
    public void Events_and_snapshots_tell_the_same_state_and_the_same_next_decision()
    {
        var toy = Toy.Run(Population, workers: 3, seed: 2, deaths: 0.02);
        var state = new SweepState(Population);
        foreach (var (index, sweepEvent) in toy.Events.Index())
        {
            state = state.Apply(sweepEvent);
            if (index % 7 != 0 || state.Sweep is null) continue;
            var restored = SweepState.Restore(Population, state.ToSnapshot());
            Assert.Equal(StateText.Of(state), StateText.Of(restored));
            var ask = new AssignTrial(new WorkerId("another#1"), state.Newest);
            var decisions = new SweepDecisions(Sampler.Create(Population));
            Assert.Equal(decisions.Decide(state, ask), decisions.Decide(restored, ask));
        }
    }

    [Fact]
    public void Each_takes_over_a_network_of_its_own_age_from_a_better_member()
    {
        var toy = Toy.Run(Population, workers: 2);
        foreach (var exploited in toy.Events.OfType<TrialExploited>())
        {
            var (own, source) = (toy.State[exploited.Trial].Reports[exploited.Epoch - 1], toy.State[exploited.Source].Reports[exploited.Epoch - 1]);
            Assert.True(source.HeldOut!.Accuracy >= own.HeldOut!.Accuracy);
            Assert.True(exploited.Epoch % 2 == 0);
        }
    }

    [Fact]
    public void An_attempt_begins_at_the_sources_checkpoint_until_it_has_one_of_its_own()
    {
        var toy = Toy.Run(Population, workers: 1);
        var trial = toy.State.Trials.First(trial => trial.Exploits.Count > 0);
        var (exploit, origin) = (trial.Exploits[^1], toy.State.OriginOf(trial.Id)!);
        var source = toy.State[exploit.Source];

        Assert.Equal((exploit.Source, exploit.Epoch, exploit.FirstAttempt, source.Seed), (origin.Trial, origin.Epochs, origin.FirstAttempt, origin.Seed));
        var trainedWith = Population.Space.Resolve(Population.Base, source.HyperparametersAt(exploit.Epoch));
        Assert.Equal(trainedWith.CanonicalHash(), origin.ConfigurationHash);
        Assert.InRange(origin.Best!.Epoch, 1, exploit.Epoch);
        Assert.Null(Toy.Run(Alone, workers: 1).State.OriginOf(new TrialId(1)));
    }

    [Fact]
    public void A_lineage_tells_every_epoch_of_a_network_and_what_it_was_trained_with()
    {
        var toy = Toy.Run(Population, workers: 1);
        foreach (var trial in toy.State.Trials)
        {
            var lineage = Lineage.Of(id => toy.State[id], trial.Id);
            Assert.Equal(Enumerable.Range(1, Epochs), lineage.LearningRates.Select(rate => rate.Epoch));
            Assert.Equal(trial.Id, lineage.Segments[^1].Trial);
            Assert.Equal(trial.Hyperparameters, lineage.Segments[^1].Hyperparameters);
            // What the network is, by training anew along its lineage.
            var theta = Toy.Start;
            foreach (var segment in lineage.Segments)
                for (var epoch = segment.FirstEpoch; epoch <= segment.LastEpoch; epoch++) theta = Toy.Step(theta, segment.Hyperparameters);
            Assert.Equal(toy.Thetas[(trial.Id, Epochs)], theta);
        }
    }

    [Fact]
    public void The_leaderboard_tells_where_the_winners_network_comes_from()
    {
        var board = Leaderboard.Of(Toy.Run(Population, workers: 1).State);

        Assert.True(board.Winner!.Lineage!.Count > 1);
        Assert.Contains("took over another one's network", LeaderboardSentences.Scheduler(board), StringComparison.Ordinal);
        Assert.Contains($"## How trial {board.Winner.Trial}'s network came about", Written(stream => LeaderboardMarkdown.Write(stream, board)), StringComparison.Ordinal);
        Assert.Contains("\"learning_rates\"", Written(stream => LeaderboardJson.Write(stream, board)), StringComparison.Ordinal);
        Assert.Contains("lineage", Written(stream => LeaderboardCsv.Write(stream, board)), StringComparison.Ordinal);

        static string Written(Action<Stream> write)
        {
            using var stream = new MemoryStream();
            write(stream);
            return System.Text.Encoding.UTF8.GetString(stream.ToArray());
        }
    }

    /// <summary>θ of every member after each of its epochs, as checkpoints would keep it.</summary>
    private sealed class Toy
    {
        public static readonly (double, double) Start = (0.9, 0.9);

        public Dictionary<(TrialId, int), (double, double)> Thetas { get; } = [];

        public List<ISweepEvent> Events { get; } = [];

        public required SweepState State { get; set; }

        public double Best => State.Trials.Max(trial => Value(Thetas[(trial.Id, trial.Reports.Count)]));

        public static (double, double) Step((double, double) theta, Hyperparameters h)
        {
            const double Rate = 0.02;
            return (theta.Item1 * (1 - 2 * Rate * h["momentum"]!.AsDouble()), theta.Item2 * (1 - 2 * Rate * h["label_smoothing"]!.AsDouble()));
        }

        public static Toy Run(SweepDefinition definition, int workers, long seed = 1, double deaths = 0)
        {
            var toy = new Toy { State = new SweepState(definition) };
            var death = new CounterRandom(seed);
            var simulation = new Simulation(definition, toy.Train, worker => TimeSpan.FromSeconds(1 + worker % 3 * 0.4))
            {
                Dies = _ => death.NextDouble() < deaths,
                Decided = (_, _, events) => toy.Events.AddRange(events),
            };
            simulation.Run(workers);
            toy.State = simulation.State;
            return toy;
        }

        private double Train(TrialState trial, int epoch)
        {
            var from = trial.Exploits is [.., var exploit] && exploit.Epoch == epoch - 1 ? (exploit.Source, epoch - 1) : (trial.Id, epoch - 1);
            var theta = epoch == 1 ? Start : Thetas[from];
            Thetas[(trial.Id, epoch)] = Step(theta, trial.Hyperparameters);
            return Value(Thetas[(trial.Id, epoch)]);
        }

        private static double Value((double, double) theta) => 1.2 - theta.Item1 * theta.Item1 - theta.Item2 * theta.Item2;
    }
}
