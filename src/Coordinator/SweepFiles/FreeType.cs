using System.Collections.Immutable;
using Sweep.Coordinator.SweepFiles.Yaml;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>The type of a parameter of one's own, as its values show it.</summary>
internal static class FreeType
{
    private static readonly SettingType.Number Number = new(double.MinValue, double.MaxValue);
    private static readonly SettingType.Integer Integer = new(long.MinValue, long.MaxValue);
    private static readonly SettingType.List List = new();
    private static readonly SettingType.Flag Flag = new();
    private static readonly SettingType.Text Text = new();

    /// <summary>Null, with an error, where the values are of different types. What is no domain at all is said by whoever reads it as one.</summary>
    public static SettingType? Of(YamlEntry parameter, ErrorList errors)
    {
        if (parameter.Value is not YamlMapping domain) return Text;
        ImmutableArray<YamlNode> values = (domain["value"]?.Value, domain["values"]?.Value) switch
        {
            ({ } value, _) => [value],
            (_, YamlSequence { Items.Length: > 0 } sequence) => sequence.Items,
            _ => [],
        };
        if (values.IsEmpty) return OfRange(domain);
        var types = values.Select(OfValue).Distinct().ToList();
        if (types.Count == 1) return types[0];
        if (types.All(type => type is SettingType.Number or SettingType.Integer)) return Number;
        errors.Add(values[0].Mark, $"{parameter.Key}: its values are of different types, {string.Join(" and ", types.Select(type => type.Expected))}; put all in quotes to make them text");
        return null;
    }

    private static SettingType OfRange(YamlMapping domain)
    {
        if (domain["distribution"]?.Value is YamlScalar { Text: var distribution })
            return distribution.StartsWith("int_", StringComparison.Ordinal) ? Integer : Number;
        return domain["min"]?.Value is { } min && domain["max"]?.Value is { } max && ValueReader.IsWholeNumber(min) && ValueReader.IsWholeNumber(max) ? Integer : Number;
    }

    private static SettingType OfValue(YamlNode value) => value switch
    {
        YamlSequence => List,
        YamlScalar { IsPlain: true, Text: "true" or "false" } => Flag,
        _ when ValueReader.IsWholeNumber(value) => Integer,
        _ when ValueReader.IsNumber(value) => Number,
        _ => Text,
    };
}
