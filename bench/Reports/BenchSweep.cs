using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Bench.Reports;

/// <summary>A sweep without an end, and histories of it.</summary>
internal static class BenchSweep
{
    public const int Epochs = 100;

    public static readonly SweepId Id = new("bench");
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static SweepDefinition Definition { get; } = ((SweepFileResult.Valid)SweepFileReader.ReadText($$$"""
        name: bench
        dataset: {name: digits}
        model: {family: resnet, blocks: [1], widths: [4]}
        training: {epochs: {{{Epochs}}}}
        parameters: {learning_rate: {distribution: log_uniform, min: 0.001, max: 1.0}}
        search: {algorithm: random, trials: 100000000}
        """, "bench.yaml")).Definition;

    public static EpochReport Report(int epoch) =>
        new(epoch, 1.0 / epoch, 1 - 0.5 / epoch, new Evaluation(1.1 / epoch, 1 - 0.6 / epoch), new Evaluation(1.2 / epoch, 1 - 0.7 / epoch), 0.1, 1.25, 4321.5);

    /// <summary>After so many trials, each of which ended after <paramref name="epochs"/> epochs.</summary>
    public static SweepState Grown(int trials, int epochs) =>
        History(trials, epochs).Aggregate(new SweepState(Definition), (state, sweepEvent) => state.Apply(sweepEvent));

    /// <summary>The events of so many trials, one after the other.</summary>
    public static IEnumerable<ISweepEvent> History(int trials, int epochs)
    {
        var worker = new WorkerId("before#1");
        var at = Start;
        yield return new SweepStarted(Id, Definition.Name, Definition.Seed, SweepFileText.Of("name: bench").Hash, at, "name: bench", "bench");
        for (var number = 1; number <= trials; number++)
        {
            var attempt = new AttemptId(Id, new TrialId(number), 1);
            var hyperparameters = Definition.Space.FromUnit([number / (trials + 1.0)]);
            var hash = Definition.Space.Resolve(Definition.Base, hyperparameters).CanonicalHash();
            yield return new TrialCreated(attempt.Trial, hyperparameters, hash, at = at.AddMilliseconds(1));
            yield return new AttemptStarted(attempt, worker, 0, at = at.AddMilliseconds(1));
            for (var epoch = 1; epoch <= epochs; epoch++) yield return new EpochRecorded(attempt, Report(epoch), at = at.AddMilliseconds(1));
            yield return new TrialFinished(attempt.Trial, TrialOutcome.Completed, null, at = at.AddMilliseconds(1));
        }
    }
}
