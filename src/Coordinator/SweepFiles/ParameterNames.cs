using System.Text.RegularExpressions;
using Sweep.Coordinator.SweepFiles.Yaml;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>Which parameters there may be, and what their values are. The built-in trainer knows its own; another one leaves both to the sweep file.</summary>
internal abstract class ParameterNames
{
    public static ParameterNames Of(TrainerSettings? trainer) => trainer is null ? new NetworkParameterNames() : new FreeParameterNames();

    /// <summary>All that there are to choose from; empty where any name will do.</summary>
    public abstract IReadOnlyCollection<string> Known { get; }

    /// <summary>What the parameter is called that a person calls <paramref name="key"/>; null for none.</summary>
    public abstract string? Find(string key);

    /// <summary>Name and type of the parameter that <paramref name="entry"/> declares; null, with an error, where it cannot be one.</summary>
    public abstract (string Name, SettingType Type)? Declare(YamlEntry entry, ErrorList errors);
}

/// <summary>The settings of <c>model</c>, <c>training</c> and <c>augmentation</c>.</summary>
internal sealed class NetworkParameterNames : ParameterNames
{
    private static readonly string[] SharedByAllTrials = ["name", "validation_fraction", "train_limit", "test_limit", "seed"];

    public override IReadOnlyCollection<string> Known { get; } = [.. Setting.All.Select(setting => setting.Name)];

    public override string? Find(string key) => Setting.ByName(key)?.Name;

    public override (string Name, SettingType Type)? Declare(YamlEntry entry, ErrorList errors)
    {
        if (Setting.ByName(entry.Key) is { } setting) return (setting.Name, setting.Type);
        errors.Add(entry.Mark, SharedByAllTrials.Contains(entry.Key)
            ? $"`{entry.Key}` is the same for all trials; only settings of model, training and augmentation can be searched"
            : $"unknown parameter `{Section.Shown(entry.Key)}`; {NearestName.Advice(entry.Key, Known)}");
        return null;
    }
}

/// <summary>Any name that programs can be told; the values themselves say of which type they are. <c>epochs</c> is the budget, here too.</summary>
internal sealed partial class FreeParameterNames : ParameterNames
{
    private static readonly Setting Budget = Setting.ByName(Setting.Epochs)!;

    public override IReadOnlyCollection<string> Known => [];

    public override string Find(string key) => key;

    public override (string Name, SettingType Type)? Declare(YamlEntry entry, ErrorList errors)
    {
        if (entry.Key == Budget.Name) return (Budget.Name, Budget.Type);
        if (!NamePattern().IsMatch(entry.Key))
        {
            errors.Add(entry.Mark, $"`{Section.Shown(entry.Key)}` cannot be told to a program; begin with a letter, and use letters, digits and underscores, at most 100");
            return null;
        }
        return FreeType.Of(entry, errors) is { } type ? (entry.Key, type) : null;
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_]{0,99}\z")]
    private static partial Regex NamePattern();
}
