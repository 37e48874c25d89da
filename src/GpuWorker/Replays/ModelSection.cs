using System.Collections.Immutable;
using System.Globalization;
using Sweep.GpuWorker.Formats;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using Sweep.Shared.Settings;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sweep.GpuWorker.Replays;

/// <summary>The <c>model</c> section of a sweep file, with the sweep file's names, ranges and defaults. What else is in the file does not matter.</summary>
internal static class ModelSection
{
    /// <param name="path">A sweep file, or a file with the section's keys alone.</param>
    /// <exception cref="BadFileException">The file cannot be read, or the section is in error; names the place and what to do.</exception>
    public static ModelSettings Read(string path)
    {
        var section = Section(Load(path), path);
        var values = section.Children
            .Where(entry => entry.Value is not YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "~" or "null" })
            .Select(entry => Value(entry.Key, entry.Value, path)).ToImmutableDictionary();
        if (!values.ContainsKey(Setting.Family)) throw Error(section, path, "missing `family`; give resnet or mnist_cnn");
        var start = new NetworkConfiguration(
            new DatasetSettings(DatasetName.Digits), new ModelSettings(ModelFamily.Resnet), new TrainingSettings(Epochs: 1), new AugmentationSettings());
        var model = new GivenSettings(values).Configure(start, Hyperparameters.None).Model;
        if (PresetRule.Conflict(values.GetValueOrDefault, model.Block) is { } conflict) throw Error(section, path, conflict);
        if (model is { Family: ModelFamily.Resnet, Blocks.Count: 0 })
            throw Error(section, path, "a resnet needs `blocks`, such as [3, 3, 3], or `preset`; add one of them");
        return model;
    }

    private static YamlMappingNode Load(string path)
    {
        try
        {
            using var text = File.OpenText(path);
            var yaml = new YamlStream();
            yaml.Load(text);
            return yaml.Documents is [{ RootNode: YamlMappingNode root }] ? root : throw new BadFileException($"{path}: expected one YAML document with keys");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or YamlException)
        {
            throw new BadFileException($"{path}: {failure.Message}", failure);
        }
    }

    private static YamlMappingNode Section(YamlMappingNode root, string path)
    {
        if (!root.Children.TryGetValue(new YamlScalarNode("model"), out var section)) return root;
        return section as YamlMappingNode ?? throw Error(section, path, "model has no keys; give `family` and what belongs to it");
    }

    private static KeyValuePair<string, HyperparameterValue> Value(YamlNode key, YamlNode node, string path)
    {
        var settings = Setting.In(SettingSection.Model).ToList();
        var setting = settings.Find(candidate => candidate.Key == (key as YamlScalarNode)?.Value)
            ?? throw Error(key, path, $"unknown key `{key}`; known here: {string.Join(", ", settings.Select(known => known.Key))}");
        var value = Parse(setting.Type, node);
        return value is not null && setting.Type.Accepts(value)
            ? new(setting.Name, value)
            : throw Error(node, path, $"{setting.Key}: give {setting.Type.Expected}");
    }

    /// <summary>Null for a value of another kind.</summary>
    private static HyperparameterValue? Parse(SettingType type, YamlNode node) => (type, node) switch
    {
        (SettingType.Name, YamlScalarNode { Value: { } text }) => new HyperparameterValue.Text(text),
        (SettingType.Integers, YamlSequenceNode list) when list.All(item => Integer(item) is not null) =>
            new HyperparameterValue.Integers(list.Select(item => Integer(item)!.Value).ToValueArray()),
        _ => null,
    };

    private static int? Integer(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain } scalar && int.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : null;

    private static BadFileException Error(YamlNode node, string path, string problem) => new($"{path}:{node.Start.Line}:{node.Start.Column}: {problem}");
}
