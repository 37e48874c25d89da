using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Bench.ReportPage;

/// <summary>A sweep of many trials with invented curves, by the real decisions: half of the trials overfit, and successive halving stops most.</summary>
internal static class LargeSweep
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static (SweepState State, List<ISweepEvent> Events) Of(int trials, int epochs, string scheduler)
    {
        var definition = Define(trials, epochs, scheduler);
        var decisions = new SweepDecisions(Sampler.Create(definition));
        var (state, events, now) = (new SweepState(definition), new List<ISweepEvent>(), Start);
        Do(new StartSweep(new SweepId("bench-1"), SweepFileText.Of("name: bench"), "bench", now));
        for (var worker = 0; state.Ending is null; worker = (worker + 1) % 8) Train(new WorkerId($"host/{worker}#1"));
        return (state, events);

        void Train(WorkerId worker)
        {
            Do(new AssignTrial(worker, now));
            if (!state.Running.TryGetValue(worker, out var attempt)) return;
            while (state.Holds(attempt, worker))
            {
                now += TimeSpan.FromSeconds(2);
                Do(new RecordEpoch(attempt, worker, Report(state[attempt.Trial]), now));
            }
        }

        void Do(ISweepCommand command)
        {
            foreach (var sweepEvent in decisions.Decide(state, command))
            {
                state = state.Apply(sweepEvent);
                events.Add(sweepEvent);
            }
        }
    }

    private static EpochReport Report(TrialState trial)
    {
        var epoch = trial.Reports.Count + 1;
        var rate = Math.Log10(trial.Hyperparameters["learning_rate"]!.AsDouble());
        var reach = 0.9 - 0.08 * (rate + 1.3) * (rate + 1.3);
        var noise = 0.004 * Math.Sin(trial.Id.Number * 12.9898 + epoch * 78.233);
        var train = 1 - Math.Exp(-epoch / 9.0);
        var heldOut = reach * (1 - Math.Exp(-epoch / 6.0)) + noise - (trial.Id.Number % 2) * 0.002 * Math.Max(0, epoch - 20);
        return new EpochReport(
            epoch, 2.3 * Math.Exp(-epoch / 9.0), train, new Evaluation(1.1 - heldOut, heldOut), new Evaluation(1.12 - heldOut, heldOut - 0.01), 0.05 * (1 + Math.Cos(epoch / 20.0)), 2, 5_123.4);
    }

    private static SweepDefinition Define(int trials, int epochs, string scheduler)
    {
        var file = SweepFileReader.ReadText(
            $$$"""
            name: bench
            description: How fast does a large report open?
            dataset: {name: cifar10}
            model: {family: resnet, blocks: [1, 1], widths: [8, 16]}
            training: {epochs: {{{epochs}}}}
            parameters:
              learning_rate: {distribution: log_uniform, min: 0.001, max: 1.0}
              weight_decay: {distribution: log_uniform, min: 1.0e-6, max: 1.0e-2}
              blocks: {values: [[1, 1], [2, 2], [3, 3]]}
              batch_size: {values: [64, 128, 256]}
              momentum: {min: 0.5, max: 0.99}
              augmentation: {values: [true, false]}
            search: {algorithm: random, trials: {{{trials}}}}
            scheduler: {name: {{{scheduler}}}}
            early_stopping: {overfit: {action: flag}}
            """, "bench.yaml");
        return file is SweepFileResult.Valid valid ? valid.Definition : throw new InvalidOperationException(file.ToString());
    }
}
