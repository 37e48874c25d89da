using System.Collections.Immutable;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;

namespace Sweep.Coordinator.Tests.Reports;

/// <summary>Trials with scripted results.</summary>
internal static class Trial
{
    public static readonly SweepFacts Sweep = new("digits-demo", 7, DatasetName.Digits, new Objective(ObjectiveMetric.ValidationAccuracy));

    private static readonly NetworkConfiguration Configuration = new(
        new DatasetSettings(DatasetName.Digits), new ModelSettings(ModelFamily.Resnet, Blocks: [1, 1], Widths: [16, 32]),
        new TrainingSettings(Epochs: 6), new AugmentationSettings());

    public static TrialState Of(int number, TrialOutcome? outcome, params EpochReport[] reports) => new(
        new TrialId(number), Hyperparameters.None, Configuration, $"hash {number}", Replicate: 1, Seed: number, [.. reports],
        new OverfitRule(new OverfitSettings(Patience: 2), classes: 10).Judge(reports),
        ResumedFrom: 0, AttemptNumber: 1, new WorkerId("host/42#a1b2"), StartedAt: null, IsRunning: outcome is null, FailedAttempts: 0, NotBefore: null, outcome, Detail: null, Seconds: 12.5);

    public static TrialState With(this TrialState trial, params (string Name, HyperparameterValue Value)[] values) =>
        trial with { Hyperparameters = new Hyperparameters(values.Select(value => KeyValuePair.Create(value.Name, value.Value))) };

    /// <summary>An epoch whose losses are 1 − accuracy.</summary>
    public static EpochReport Epoch(int epoch, double train, double validation, double test) => new(
        epoch, 1 - train, train, new Evaluation(1 - validation, validation), new Evaluation(1 - test, test), 0.05, 2, 1_500,
        PeakMemoryBytes: (300L + epoch) << 20);

    public static HyperparameterValue Number(double value) => new HyperparameterValue.Number(value);

    public static HyperparameterValue Integer(long value) => new HyperparameterValue.Integer(value);

    public static HyperparameterValue Flag(bool value) => new HyperparameterValue.Flag(value);

    public static HyperparameterValue Blocks(params int[] values) => new HyperparameterValue.Integers([.. values]);

    /// <summary>One trial of every kind that a view has to show.</summary>
    public static IReadOnlyList<TrialState> Mixed { get; } =
    [
        Of(1, TrialOutcome.Completed, Epoch(1, 0.60, 0.58, 0.57), Epoch(2, 0.80, 0.78, 0.79), Epoch(3, 0.90, 0.875, 0.86), Epoch(4, 0.93, 0.875, 0.88))
            .With(("learning_rate", Number(0.0125)), ("blocks", Blocks(1, 1)), ("augmentation", Flag(false))),
        Of(2, TrialOutcome.Overfit, Epoch(1, 0.70, 0.69, 0.70), Epoch(2, 0.85, 0.80, 0.79), Epoch(3, 0.93, 0.80, 0.81), Epoch(4, 0.98, 0.79, 0.78))
            .With(("learning_rate", Number(0.1)), ("blocks", Blocks(2, 2)), ("augmentation", Flag(false))),
        Of(3, TrialOutcome.Completed, Epoch(1, 0.55, 0.56, 0.55), Epoch(2, 0.77, 0.80, 0.78), Epoch(3, 0.88, 0.90, 0.91), Epoch(4, 0.91, 0.92, 0.90))
            .With(("learning_rate", Number(0.03)), ("blocks", Blocks(2, 2)), ("augmentation", Flag(true)), ("crop_padding", Integer(2))),
        Of(4, TrialOutcome.Diverged, Epoch(1, 0.12, 0.10, 0.10), Epoch(2, 0.10, 0.10, 0.10) with { TrainLoss = double.NaN })
            .With(("learning_rate", Number(3)), ("blocks", Blocks(1, 1)), ("augmentation", Flag(false))),
        Of(5, TrialOutcome.Failed) with { Detail = "the data set is missing | broken", AttemptNumber = 3, FailedAttempts = 3 },
        Of(6, null) with { AttemptNumber = 0, Worker = null, IsRunning = false, Seconds = 0 },
    ];

    /// <summary>A configuration's replicates, of one epoch each; the validation and test accuracies are the given ones, and the r-th has the seed r.</summary>
    public static IEnumerable<TrialState> Replicated(int configuration, int firstTrial, params double[] accuracies) =>
        accuracies.Select((accuracy, index) => Of(firstTrial + index, TrialOutcome.Completed, Epoch(1, 0.9, accuracy, accuracy - 0.01))
            .With(("learning_rate", Number(configuration / 100.0))) with
        {
            ConfigurationHash = $"configuration {configuration}",
            Replicate = index + 1,
            Seed = index + 1,
        });

    /// <summary>Three seeds each: a winner, one that cannot be told from it, one that is worse, one with a failed replicate, and one that failed.</summary>
    public static IReadOnlyList<TrialState> Repeated { get; } =
    [
        .. Replicated(1, 1, 0.90, 0.91, 0.96), .. Replicated(2, 4, 0.92, 0.93, 0.95), .. Replicated(3, 7, 0.52, 0.53, 0.56),
        .. Replicated(4, 10, 0.89, 0.90), Replicated(4, 10, 0.1, 0.1, 0.1).Last() with { Outcome = TrialOutcome.Diverged },
        .. Replicated(5, 13, 0.1, 0.1, 0.1).Select(trial => trial with { Outcome = TrialOutcome.Failed, Reports = [], Detail = "out of luck" }),
    ];

    /// <summary>Forty epochs of <paramref name="trial"/>: it generalises up to epoch 15 and overfits after that.</summary>
    public static TrialState Overfitting(int number)
    {
        var reports = Enumerable.Range(1, 40).Select(epoch =>
        {
            var train = 1 - 0.9 * Math.Exp(-epoch / 8.0);
            var heldOut = 0.72 * (1 - Math.Exp(-Math.Min(epoch, 15) / 5.0)) - 0.001 * Math.Max(0, epoch - 15);
            return Epoch(epoch, train, heldOut, heldOut - 0.01 + 0.004 * Math.Sin(epoch)) with
            {
                TrainLoss = 2.3 * Math.Exp(-epoch / 8.0),
                Validation = new Evaluation(1 + 1.3 * Math.Exp(-epoch / 4.0) + 0.02 * Math.Max(0, epoch - 12), heldOut),
            };
        }).ToArray();
        return Of(number, TrialOutcome.Overfit, reports).With(
            ("learning_rate", Number(0.031622776)), ("weight_decay", Number(5e-4)), ("blocks", Blocks(2, 2, 2, 2)), ("batch_size", Integer(128)),
            ("augmentation", Flag(true)), ("crop_padding", Integer(4)), ("schedule", new HyperparameterValue.Text("one_cycle")), ("momentum", Number(0.9)));
    }
}
