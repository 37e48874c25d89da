using System.Globalization;
using System.Text.RegularExpressions;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles.Yaml;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>One YAML value to one typed value, or an error that says what was expected.</summary>
internal static partial class ValueReader
{
    private static readonly string[] OtherTrue = ["yes", "on", "y"], OtherFalse = ["no", "off", "n"];

    /// <summary>Null, with an error, where <paramref name="node"/> is not such a value.</summary>
    public static HyperparameterValue? Read(SettingType type, string name, YamlNode node, ErrorList errors)
    {
        var (value, problem) = Parse(type, node);
        if (problem is null && !type.Accepts(value!)) problem = $"{node.Display} is out of range; give {type.Expected}";
        if (problem is null) return value;
        errors.Add(node.Mark, $"{name}: {problem}");
        return null;
    }

    public static bool IsNumber(YamlNode node) =>
        node is YamlScalar { IsPlain: true } scalar && (DecimalNumber().IsMatch(scalar.Text) || NotFinite().IsMatch(scalar.Text));

    public static bool IsWholeNumber(YamlNode node) => node is YamlScalar { IsPlain: true } scalar && WholeNumber().IsMatch(scalar.Text);

    private static (HyperparameterValue? Value, string? Problem) Parse(SettingType type, YamlNode node) => (type, node) switch
    {
        (SettingType.Integers or SettingType.List, YamlSequence sequence) => ParseIntegers(type, sequence),
        (SettingType.Number, YamlScalar scalar) => ParseNumber(type, scalar),
        (SettingType.Integer { Word: { } word }, YamlScalar scalar) when scalar.Text == word => (new HyperparameterValue.Text(word), null),
        (SettingType.Integer, YamlScalar scalar) => ParseInteger(type, scalar),
        (SettingType.Flag, YamlScalar scalar) => ParseFlag(scalar),
        (SettingType.Text, YamlScalar scalar) => ParseText(scalar),
        (SettingType.Name names, YamlScalar scalar) => ParseName(names, scalar),
        (_, YamlScalar) => (null, $"`{node.Display}` is not a list; give {type.Expected}, such as [2, 2, 2]"),
        (_, YamlSequence) => (null, $"{node.Display} is a list; give {type.Expected}"),
        _ => (null, $"keys are out of place here; give {type.Expected}"),
    };

    private static (HyperparameterValue?, string?) ParseIntegers(SettingType type, YamlSequence sequence)
    {
        var items = sequence.Items
            .Select(item => IsWholeNumber(item) && int.TryParse(((YamlScalar)item).Text, out var number) ? number : (int?)null).ToList();
        return items.All(item => item is not null)
            ? (new HyperparameterValue.Integers(items.Select(item => item!.Value).ToValueArray()), null)
            : (null, $"{sequence.Display} is not a list of whole numbers; give {type.Expected}");
    }

    private static (HyperparameterValue?, string?) ParseNumber(SettingType type, YamlScalar scalar)
    {
        if (!DecimalNumber().IsMatch(scalar.Text))
            return (null, NotFinite().IsMatch(scalar.Text) ? $"`{scalar.Text}` is not a finite number; give {type.Expected}" : NotA("number", type, scalar));
        if (!scalar.IsPlain) return (null, InQuotes(scalar));
        var number = double.Parse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(number)
            ? (new HyperparameterValue.Number(number), null)
            : (null, $"{scalar.Display} is beyond what a number can be; give {type.Expected}");
    }

    private static (HyperparameterValue?, string?) ParseInteger(SettingType type, YamlScalar scalar)
    {
        if (!WholeNumber().IsMatch(scalar.Text)) return (null, NotA("whole number", type, scalar));
        if (!scalar.IsPlain) return (null, InQuotes(scalar));
        return long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? (new HyperparameterValue.Integer(number), null)
            : (null, $"{scalar.Display} is out of range; give {type.Expected}");
    }

    private static (HyperparameterValue?, string?) ParseFlag(YamlScalar scalar) => (scalar.IsPlain, scalar.Text.ToLowerInvariant()) switch
    {
        (true, "true") when scalar.Text == "true" => (new HyperparameterValue.Flag(true), null),
        (true, "false") when scalar.Text == "false" => (new HyperparameterValue.Flag(false), null),
        (_, "true" or "false") => (null, $"`{scalar.Text}` is not a boolean here; write {scalar.Text.ToLowerInvariant()}, in small letters and without quotes"),
        (_, var text) when OtherTrue.Contains(text) => (null, $"`{scalar.Text}` is not a boolean here; write true"),
        (_, var text) when OtherFalse.Contains(text) => (null, $"`{scalar.Text}` is not a boolean here; write false"),
        _ => (null, $"`{scalar.Display}` is not a boolean; write true or false"),
    };

    private static (HyperparameterValue?, string?) ParseText(YamlScalar scalar) => scalar switch
    {
        { IsNull: true } => (null, "nothing is given; give text"),
        { IsPlain: true } when OtherTrue.Contains(scalar.Text.ToLowerInvariant()) => (null, $"write true, or '{scalar.Text}' in quotes where the text is meant"),
        { IsPlain: true } when OtherFalse.Contains(scalar.Text.ToLowerInvariant()) => (null, $"write false, or '{scalar.Text}' in quotes where the text is meant"),
        _ => (new HyperparameterValue.Text(scalar.Text), null),
    };

    private static (HyperparameterValue?, string?) ParseName(SettingType.Name type, YamlScalar scalar)
    {
        if (type.Available.Contains(scalar.Text)) return (new HyperparameterValue.Text(scalar.Text), null);
        if (type.NotBuilt.Contains(scalar.Text)) return (null, $"`{scalar.Text}` is not built yet; available: {string.Join(", ", type.Available)}");
        return (null, $"unknown value `{scalar.Display}`; {NearestName.Advice(scalar.Text, [.. type.Available, .. type.NotBuilt])}");
    }

    private static string NotA(string kind, SettingType type, YamlScalar scalar) =>
        scalar.IsNull ? $"nothing is given; give {type.Expected}" : $"`{scalar.Display}` is not a {kind}; give {type.Expected}";

    private static string InQuotes(YamlScalar scalar) => $"'{scalar.Display}' is text; remove the quotes to make it a number";

    [GeneratedRegex(@"^[-+]?(0|[1-9][0-9]*)$")]
    private static partial Regex WholeNumber();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex DecimalNumber();

    [GeneratedRegex(@"^[-+]?\.?(nan|inf|infinity)$", RegexOptions.IgnoreCase)]
    private static partial Regex NotFinite();
}
