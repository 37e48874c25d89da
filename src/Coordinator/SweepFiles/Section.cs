using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles.Yaml;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>A mapping of the file whose keys are known. A key that is absent, or null, reads as null.</summary>
internal sealed class Section
{
    private readonly YamlMapping? _mapping;
    private readonly bool _isRefused;
    private readonly ErrorList _errors;

    private Section(YamlMapping? mapping, Mark mark, ErrorList errors, bool isRefused = false) =>
        (_mapping, Mark, _errors, _isRefused) = (mapping, mark, errors, isRefused);

    /// <summary>Where to say that something is missing.</summary>
    public Mark Mark { get; }

    public bool IsAbsent => _mapping is null;

    /// <summary>Opens the section under an entry; null for an absent one. Unknown keys become errors.</summary>
    public static Section Open(YamlEntry? entry, IReadOnlyCollection<string> keys, ErrorList errors) =>
        entry is null || entry.Value is YamlScalar { IsNull: true }
            ? new Section(null, entry?.Mark ?? Mark.Start, errors)
            : Open(entry.Key, entry.Value, entry.Mark, keys, errors);

    public static Section Open(string name, YamlNode node, Mark mark, IReadOnlyCollection<string> keys, ErrorList errors)
    {
        if (node is not YamlMapping mapping)
        {
            errors.Add(node.Mark, $"{name}: {node.Display} has no keys; give `key: value` lines with {string.Join(", ", keys)}");
            return new Section(null, mark, errors, isRefused: true);
        }
        foreach (var entry in mapping.Entries)
            if (!keys.Contains(entry.Key)) errors.Add(entry.Mark, $"unknown key `{Shown(entry.Key)}`; {NearestName.Advice(entry.Key, keys)}");
        return new Section(mapping, mark, errors);
    }

    public YamlEntry? Entry(string key) => _mapping?[key] is { Value: not YamlScalar { IsNull: true } } entry ? entry : null;

    public YamlNode? Node(string key) => Entry(key)?.Value;

    public Section Child(string key, params string[] keys) => Open(Entry(key), keys, _errors);

    public HyperparameterValue? Value(string key, SettingType type) => Node(key) is { } node ? ValueReader.Read(type, key, node, _errors) : null;

    public double? Number(string key, SettingType.Number type) => (Value(key, type) as HyperparameterValue.Number)?.Value;

    public int? Integer(string key, int min, int max = int.MaxValue) =>
        (int?)(Value(key, new SettingType.Integer(min, max)) as HyperparameterValue.Integer)?.Value;

    /// <summary>Written as <see cref="Durations"/> reads it.</summary>
    public TimeSpan? Duration(string key)
    {
        if (Text(key) is not { } text) return null;
        if (Durations.Parse(text) is { } duration) return duration;
        _errors.Add(Node(key)!.Mark, $"{key}: `{Shown(text)}` is not a duration; write one such as 90s, 30m, 12h or 2d, up to 3650d");
        return null;
    }

    public string? Name(string key, SettingType.Name type) => (Value(key, type) as HyperparameterValue.Text)?.Value;

    /// <summary>Any scalar, as it is written.</summary>
    public string? Text(string key)
    {
        if (Node(key) is not { } node) return null;
        if (node is YamlScalar scalar) return scalar.Text;
        _errors.Add(node.Mark, $"{key}: {node.Display} is not text; give one line of text");
        return null;
    }

    /// <summary>Adds an error where the file does not give <paramref name="key"/>; not where the whole section is refused already.</summary>
    public void Require(string key, string message)
    {
        if (Node(key) is null && !_isRefused) _errors.Add(Mark, message);
    }

    public static string Shown(string key) => new YamlScalar(Mark.Start, key, IsPlain: true).Display;
}
