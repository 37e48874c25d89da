using System.Collections.Immutable;
using Sweep.Coordinator.SweepFiles.Yaml;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>A key that two valid sweep files give different values; comments and layout are no difference.</summary>
/// <param name="Key">With the keys that it lies under: <c>limits.max_epochs_total</c>.</param>
/// <param name="Old">As it is written; null where the file does not give the key.</param>
/// <param name="New">Likewise.</param>
public sealed record SweepFileDifference(string Key, string? Old, string? New)
{
    private const string Parameters = "parameters";

    public override string ToString() => $"{Key}: {Old ?? "(not given)"} -> {New ?? "(not given)"}";

    /// <summary>In the older file's order, and then what only the newer one has.</summary>
    public static ImmutableArray<SweepFileDifference> Between(string older, string newer)
    {
        var (old, given) = (ValuesOf(older), ValuesOf(newer));
        return
        [
            .. old.Keys.Union(given.Keys)
                .Select(key => new SweepFileDifference(key, old.GetValueOrDefault(key), given.GetValueOrDefault(key)))
                .Where(difference => difference.Old != difference.New),
        ];
    }

    private static OrderedDictionary<string, string> ValuesOf(string text)
    {
        var values = new OrderedDictionary<string, string>();
        if (YamlTreeParser.Parse(text.TrimStart('\uFEFF'), new ErrorList("")) is { } root) Add(root, "", values);
        return values;
    }

    private static void Add(YamlNode node, string key, OrderedDictionary<string, string> values)
    {
        switch (node)
        {
            case YamlScalar { IsNull: true }:
                break;
            case YamlMapping mapping:
                foreach (var entry in mapping.Entries) Add(entry.Value, key.Length == 0 ? entry.Key : $"{key}.{entry.Key}", values);
                // The search walks parameters in the file's order.
                if (key == Parameters) values[$"{key} (their order)"] = string.Join(", ", mapping.Entries.Select(entry => entry.Key));
                break;
            default:
                values[key] = Written(node);
                break;
        }
    }

    /// <summary>In one line, and whole.</summary>
    private static string Written(YamlNode node) => node switch
    {
        YamlScalar { IsPlain: true } scalar => scalar.Text,
        YamlScalar scalar => $"\"{scalar.Text.ReplaceLineEndings(" ")}\"",
        YamlSequence sequence => $"[{string.Join(", ", sequence.Items.Select(Written))}]",
        YamlMapping mapping => $"{{{string.Join(", ", mapping.Entries.Select(entry => $"{entry.Key}: {Written(entry.Value)}"))}}}",
        _ => throw new ArgumentOutOfRangeException(nameof(node), node, "unknown node"),
    };
}
