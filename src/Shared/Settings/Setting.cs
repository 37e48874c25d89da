using System.Collections.Immutable;
using Sweep.Shared.Models;
using static Sweep.Shared.Settings.SettingNames;

namespace Sweep.Shared.Settings;

public enum SettingSection { Model, Training, Augmentation }

/// <summary>One thing that trials can differ in.</summary>
/// <param name="Name">Under <c>parameters</c>.</param>
/// <param name="Key">In its own section.</param>
/// <param name="Apply">Puts a value that <paramref name="Type"/> accepts into a configuration.</param>
public sealed record Setting(
    string Name, SettingSection Section, string Key, SettingType Type, Func<NetworkConfiguration, HyperparameterValue, NetworkConfiguration> Apply)
{
    public const string Preset = "preset", Family = "family", Block = "block", Shortcut = "shortcut", Blocks = "blocks", Widths = "widths";
    public const string Epochs = "epochs", BatchSize = "batch_size", Optimizer = "optimizer", LearningRate = "learning_rate", Momentum = "momentum";
    public const string Nesterov = "nesterov", Schedule = "schedule", Milestones = "milestones", WarmupEpochs = "warmup_epochs";
    public const string Augmentation = "augmentation";

    private static readonly SettingType Flag = new SettingType.Flag();
    private static readonly SettingType Fraction = new SettingType.Number(0, 1, BelowMax: true);
    private static readonly SettingType Count = new SettingType.Integer(1, int.MaxValue);
    private static readonly SettingType CountOrNone = new SettingType.Integer(0, int.MaxValue);

    /// <summary>Every setting of <c>model</c>, <c>training</c> and <c>augmentation</c>. The preset comes first: it sets others.</summary>
    public static ImmutableArray<Setting> All { get; } =
    [
        Model(Preset, OneOf(ModelPreset.All.Select(preset => preset.Name)), (model, value) => WithPreset(model, Text(value))),
        Model(Family, ModelFamilies.Type, (model, value) => model with { Family = ModelFamilies.Of(value) }),
        Model(Block, BlockKinds.Type, (model, value) => model with { Block = BlockKinds.Of(value) }),
        Model(Shortcut, ShortcutKinds.Type, (model, value) => model with { Shortcut = ShortcutKinds.Of(value) }),
        Model(Blocks, new SettingType.Integers(1_000), (model, value) => model with { Blocks = Integers(value) }),
        Model(Widths, new SettingType.Integers(65_536), (model, value) => model with { Widths = Integers(value) }),
        Model("init", InitKinds.Type, (model, value) => model with { Init = InitKinds.Of(value) }),

        Training(Epochs, Count, (training, value) => training with { Epochs = Integer(value) }),
        Training(BatchSize, Count, (training, value) => training with { BatchSize = Integer(value) }),
        Training(Optimizer, Optimizers.Type, (training, value) => training with { Optimizer = Optimizers.Of(value) }),
        Training(LearningRate, new SettingType.Number(0, double.MaxValue, AboveMin: true), (training, value) => training with { LearningRate = value.AsDouble() }),
        Training(Momentum, Fraction, (training, value) => training with { Momentum = value.AsDouble() }),
        Training(Nesterov, Flag, (training, value) => training with { Nesterov = IsTrue(value) }),
        Training("weight_decay", new SettingType.Number(0, double.MaxValue), (training, value) => training with { WeightDecay = value.AsDouble() }),
        Training(Schedule, Schedules.Type, (training, value) => training with { Schedule = Schedules.Of(value) }),
        Training(Milestones, new SettingType.Integers(int.MaxValue, Ascending: true), (training, value) => training with { Milestones = Integers(value) }),
        Training("decay_factor", new SettingType.Number(0, 1, AboveMin: true), (training, value) => training with { DecayFactor = value.AsDouble() }),
        Training(WarmupEpochs, CountOrNone, (training, value) => training with { WarmupEpochs = Integer(value) }),
        Training("label_smoothing", Fraction, (training, value) => training with { LabelSmoothing = value.AsDouble() }),
        Training("precision", Precisions.Type, (training, value) => training with { Precision = Precisions.Of(value) }),
        Training("accumulate", new SettingType.Integer(1, int.MaxValue, Word: "auto"), WithAccumulation),

        Augmenting(Augmentation, Flag, (augmentation, value) => augmentation with { Enabled = IsTrue(value) }, key: "enabled"),
        Augmenting("crop_padding", CountOrNone, (augmentation, value) => augmentation with { CropPadding = Integer(value) }),
        Augmenting("horizontal_flip", Flag, (augmentation, value) => augmentation with { HorizontalFlip = IsTrue(value) }),
        Augmenting("rotation_degrees", new SettingType.Number(0, 180), (augmentation, value) => augmentation with { RotationDegrees = value.AsDouble() }),
        Augmenting("cutout", CountOrNone, (augmentation, value) => augmentation with { Cutout = Integer(value) }),
    ];

    public static IEnumerable<Setting> In(SettingSection section) => All.Where(setting => setting.Section == section);

    /// <summary>The setting that <c>parameters</c> calls so, by name or by <c>section.key</c>; null for none.</summary>
    public static Setting? ByName(string name) =>
        All.FirstOrDefault(setting => setting.Name == name || setting.Key == name || $"{setting.Section.ToString().ToLowerInvariant()}.{setting.Key}" == name);

    private static ModelSettings WithPreset(ModelSettings model, string name)
    {
        var preset = ModelPreset.All.Single(candidate => candidate.Name == name);
        return model with { Block = preset.Block, Shortcut = preset.Shortcut, Blocks = preset.Blocks, Widths = preset.Widths };
    }

    private static TrainingSettings WithAccumulation(TrainingSettings training, HyperparameterValue value) => value is HyperparameterValue.Text
        ? training with { Accumulate = 1, AutoAccumulate = true }
        : training with { Accumulate = Integer(value), AutoAccumulate = false };

    private static Setting Model(string name, SettingType type, Func<ModelSettings, HyperparameterValue, ModelSettings> apply) =>
        new(name, SettingSection.Model, name, type, (configuration, value) => configuration with { Model = apply(configuration.Model, value) });

    private static Setting Training(string name, SettingType type, Func<TrainingSettings, HyperparameterValue, TrainingSettings> apply) =>
        new(name, SettingSection.Training, name, type, (configuration, value) => configuration with { Training = apply(configuration.Training, value) });

    private static Setting Augmenting(
        string name, SettingType type, Func<AugmentationSettings, HyperparameterValue, AugmentationSettings> apply, string? key = null) =>
        new(name, SettingSection.Augmentation, key ?? name, type,
            (configuration, value) => configuration with { Augmentation = apply(configuration.Augmentation, value) });

    private static SettingType.Name OneOf(IEnumerable<string> names) => new(names.ToValueArray());

    private static int Integer(HyperparameterValue value) => (int)((HyperparameterValue.Integer)value).Value;

    private static bool IsTrue(HyperparameterValue value) => ((HyperparameterValue.Flag)value).Value;

    private static string Text(HyperparameterValue value) => ((HyperparameterValue.Text)value).Value;

    private static ValueArray<int> Integers(HyperparameterValue value) => ((HyperparameterValue.Integers)value).Values;
}
