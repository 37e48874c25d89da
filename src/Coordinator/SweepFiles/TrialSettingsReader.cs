using System.Collections.Immutable;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles.Yaml;
using Sweep.Shared;
using Sweep.Shared.Datasets;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>What the file says of every trial, outside <c>parameters</c>.</summary>
/// <param name="Dataset">Null where it is in error, or belongs to another trainer.</param>
/// <param name="Given">By <see cref="Setting.Name"/>; settings in error are not there.</param>
/// <param name="Marks">Where the settings are given, those in error included.</param>
/// <param name="Trainer">Null for the built-in one.</param>
/// <param name="ModelMark">Where to say that the model lacks something.</param>
internal sealed record TrialSettings(
    TrainerSettings? Trainer,
    DatasetSettings? Dataset,
    ImmutableDictionary<string, HyperparameterValue> Given,
    ImmutableDictionary<string, Mark> Marks,
    Mark ModelMark);

/// <summary>The sections <c>trainer</c>, <c>dataset</c>, <c>model</c>, <c>training</c> and <c>augmentation</c>.</summary>
internal static class TrialSettingsReader
{
    private const string MissingEpochs = "missing `training.epochs`; give the epochs of one trial";

    private static readonly SettingType.Name DatasetNames = new(DatasetFacts.FileNames.ToValueArray());

    public static TrialSettings Read(Section file, ErrorList errors) =>
        TrainerReader.Read(file, errors) is { } trainer ? ReadBudget(trainer, file, errors) : ReadNetwork(file, errors);

    private static TrialSettings ReadBudget(TrainerSettings trainer, Section file, ErrorList errors)
    {
        foreach (var key in new[] { "dataset", "model", "augmentation" })
            if (file.Entry(key) is { } stray)
                errors.Add(stray.Mark, $"{key}: belongs to the built-in trainer, and this sweep has one of its own; remove it, and give its trainer what it needs under parameters");
        var training = file.Child("training", Setting.Epochs);
        training.Require(Setting.Epochs, MissingEpochs);
        var epochs = training.Value(Setting.Epochs, Setting.ByName(Setting.Epochs)!.Type);
        var none = ImmutableDictionary<string, HyperparameterValue>.Empty;
        var marks = ImmutableDictionary<string, Mark>.Empty;
        return new TrialSettings(
            trainer, null, epochs is null ? none : none.Add(Setting.Epochs, epochs),
            training.Node(Setting.Epochs) is { } node ? marks.Add(Setting.Epochs, node.Mark) : marks, file.Entry("trainer")!.Mark);
    }

    private static TrialSettings ReadNetwork(Section file, ErrorList errors)
    {
        var given = ImmutableDictionary.CreateBuilder<string, HyperparameterValue>();
        var marks = ImmutableDictionary.CreateBuilder<string, Mark>();
        foreach (var kind in Enum.GetValues<SettingSection>())
        {
            var section = Open(file, kind);
            if (kind == SettingSection.Model) section.Require(Setting.Family, "missing `model.family`; give resnet or mnist_cnn");
            if (kind == SettingSection.Training) section.Require(Setting.Epochs, MissingEpochs);
            foreach (var setting in Setting.In(kind))
            {
                if (section.Node(setting.Key) is not { } node) continue;
                marks[setting.Name] = node.Mark;
                if (section.Value(setting.Key, setting.Type) is { } value) given[setting.Name] = value;
            }
        }
        return new TrialSettings(null, ReadDataset(file, errors), given.ToImmutable(), marks.ToImmutable(), file.Entry("model")?.Mark ?? Mark.Start);
    }

    private static Section Open(Section file, SettingSection kind) =>
        file.Child(kind.ToString().ToLowerInvariant(), [.. Setting.In(kind).Select(setting => setting.Key)]);

    private static DatasetSettings? ReadDataset(Section file, ErrorList errors)
    {
        var before = errors.Count;
        var section = file.Child("dataset", "name", "validation_fraction", "train_limit", "test_limit");
        section.Require("name", $"missing `dataset.name`; give {DatasetNames.Expected}");
        var facts = section.Name("name", DatasetNames) is { } name ? DatasetFacts.ByFileName(name) : null;
        var fraction = section.Number("validation_fraction", new SettingType.Number(0, 1, BelowMax: true));
        // At least one image of each class: the cut is stratified.
        var least = facts?.Classes ?? 1;
        var (trainLimit, testLimit) = (section.Integer("train_limit", least), section.Integer("test_limit", least));
        return facts is not null && errors.Count == before ? new DatasetSettings(facts.Name, fraction ?? 0.1, trainLimit, testLimit) : null;
    }
}
