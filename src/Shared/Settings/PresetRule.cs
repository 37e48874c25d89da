using Sweep.Shared.Models;

namespace Sweep.Shared.Settings;

/// <summary>A preset says which blocks, how many and how wide; whoever gives it gives none of these otherwise.</summary>
public static class PresetRule
{
    /// <summary>What contradicts the preset, and what to do; null where nothing does, or no preset is given.</summary>
    /// <param name="valueOf">The given value of a setting, by name; null for none.</param>
    /// <param name="block">The block kind that results from all settings.</param>
    public static string? Conflict(Func<string, HyperparameterValue?> valueOf, BlockKind block)
    {
        if (valueOf(Setting.Preset) is not { } preset) return null;
        var clashes = new[] { Setting.Blocks, Setting.Widths }.Where(name => valueOf(name) is not null).ToList();
        if (clashes.Count > 0) return $"preset {preset} sets blocks and widths already; remove preset, or remove {string.Join(" and ", clashes)}";
        var own = SettingNames.BlockKinds.NameOf(block);
        var published = SettingNames.BlockKinds.NameOf(ModelPreset.All.Single(candidate => candidate.Name == preset.ToString()).Block);
        return own == published ? null : $"preset {preset} has {published} blocks, and block is {own}; remove one of them";
    }
}
