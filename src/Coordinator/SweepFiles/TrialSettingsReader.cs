using System.Collections.Immutable;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles.Yaml;
using Sweep.Shared;
using Sweep.Shared.Datasets;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>What the file says of every trial, outside <c>parameters</c>.</summary>
/// <param name="Dataset">Null where it is in error.</param>
/// <param name="Given">By <see cref="Setting.Name"/>; settings in error are not there.</param>
/// <param name="Marks">Where the settings are given, those in error included.</param>
/// <param name="ModelMark">Where to say that the model lacks something.</param>
internal sealed record TrialSettings(
    DatasetSettings? Dataset,
    ImmutableDictionary<string, HyperparameterValue> Given,
    ImmutableDictionary<string, Mark> Marks,
    Mark ModelMark);

/// <summary>The sections <c>dataset</c>, <c>model</c>, <c>training</c> and <c>augmentation</c>.</summary>
internal static class TrialSettingsReader
{
    private static readonly SettingType.Name DatasetNames = new(DatasetFacts.FileNames.ToValueArray());

    public static TrialSettings Read(Section file, ErrorList errors)
    {
        var given = ImmutableDictionary.CreateBuilder<string, HyperparameterValue>();
        var marks = ImmutableDictionary.CreateBuilder<string, Mark>();
        foreach (var kind in Enum.GetValues<SettingSection>())
        {
            var section = Open(file, kind);
            if (kind == SettingSection.Model) section.Require(Setting.Family, "missing `model.family`; give resnet or mnist_cnn");
            if (kind == SettingSection.Training) section.Require(Setting.Epochs, "missing `training.epochs`; give the epochs of one trial");
            foreach (var setting in Setting.In(kind))
            {
                if (section.Node(setting.Key) is not { } node) continue;
                marks[setting.Name] = node.Mark;
                if (section.Value(setting.Key, setting.Type) is { } value) given[setting.Name] = value;
            }
        }
        return new TrialSettings(ReadDataset(file, errors), given.ToImmutable(), marks.ToImmutable(), file.Entry("model")?.Mark ?? Mark.Start);
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
