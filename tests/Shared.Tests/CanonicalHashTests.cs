using Sweep.Shared.Datasets;
using Sweep.Shared.Models;

namespace Sweep.Shared.Tests;

/// <summary>Two configurations are the same trial exactly where they train the same network.</summary>
public sealed class CanonicalHashTests
{
    private static readonly NetworkConfiguration Plain = new(
        new DatasetSettings(DatasetName.Cifar10),
        new ModelSettings(ModelFamily.Resnet, Blocks: [3, 3, 3], Widths: [16, 32, 64]),
        new TrainingSettings(10),
        new AugmentationSettings());

    public static TheoryData<NetworkConfiguration, NetworkConfiguration> SameNetwork => new()
    {
        { Plain, With(augmentation: Plain.Augmentation with { CropPadding = 2, HorizontalFlip = false, RotationDegrees = 5, Cutout = 3 }) },
        { Plain, With(training: Plain.Training with { Milestones = [3], DecayFactor = 0.5 }) },
        { With(training: Plain.Training with { Momentum = 0 }), With(training: Plain.Training with { Momentum = 0, Nesterov = true }) },
        { With(training: Plain.Training with { Optimizer = Optimizer.Adam }), With(training: Plain.Training with { Optimizer = Optimizer.Adam, Momentum = 0.5, Nesterov = true }) },
        {
            With(training: Plain.Training with { Schedule = LearningRateScheduleKind.Step, Milestones = [3] }),
            With(training: Plain.Training with { Schedule = LearningRateScheduleKind.Step, Milestones = [3, 6] })
        },
        {
            With(model: new ModelSettings(ModelFamily.MnistCnn)),
            With(model: new ModelSettings(ModelFamily.MnistCnn, BlockKind.Bottleneck, ShortcutKind.Projection, [1], [8]))
        },
    };

    public static TheoryData<NetworkConfiguration> OtherNetwork =>
    [
        Plain with { Dataset = Plain.Dataset with { ValidationFraction = 0.2 } },
        Plain with { Dataset = Plain.Dataset with { TrainLimit = 1_000 } },
        With(model: Plain.Model with { Blocks = [3, 3, 2] }),
        With(model: Plain.Model with { Widths = [16, 32, 65] }),
        With(model: Plain.Model with { Init = InitKind.PytorchDefault }),
        With(training: Plain.Training with { Epochs = 11 }),
        With(training: Plain.Training with { LearningRate = 0.1 + 1e-16 + 1e-15 }),
        With(training: Plain.Training with { Nesterov = true }),
        With(training: Plain.Training with { Schedule = LearningRateScheduleKind.Constant }),
        With(training: Plain.Training with { WarmupEpochs = 1 }),
        With(augmentation: Plain.Augmentation with { Enabled = true }),
    ];

    [Theory]
    [MemberData(nameof(SameNetwork))]
    public void Settings_without_effect_do_not_make_another_trial(NetworkConfiguration one, NetworkConfiguration other) =>
        Assert.Equal(one.CanonicalHash(), other.CanonicalHash());

    [Theory]
    [MemberData(nameof(OtherNetwork))]
    public void Settings_with_effect_do(NetworkConfiguration other) => Assert.NotEqual(Plain.CanonicalHash(), other.CanonicalHash());

    /// <summary>Recorded sweeps are resumed by these hashes: they may never change.</summary>
    [Fact]
    public void The_hash_is_the_recorded_one() => Assert.Equal("a3f8bfb5b72a5850c90ca00685d96b73", Plain.CanonicalHash());

    private static NetworkConfiguration With(ModelSettings? model = null, TrainingSettings? training = null, AugmentationSettings? augmentation = null) =>
        Plain with { Model = model ?? Plain.Model, Training = training ?? Plain.Training, Augmentation = augmentation ?? Plain.Augmentation };
}
