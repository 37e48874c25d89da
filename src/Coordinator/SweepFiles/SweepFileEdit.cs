using Sweep.Coordinator.SweepFiles.Yaml;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>Sets one value in a sweep file's text and leaves everything else, comments included, as it is.</summary>
public static class SweepFileEdit
{
    /// <param name="text">A valid sweep file.</param>
    /// <param name="value">As YAML writes it.</param>
    /// <returns>Null where the value stands in a form that only a person should change.</returns>
    public static string? Set(string text, string section, string key, string value)
    {
        if (YamlTreeParser.Parse(text.TrimStart('\uFEFF'), new ErrorList("")) is not YamlMapping file) return null;
        return file[section]?.Value switch
        {
            null => $"{text.TrimEnd('\n')}\n{section}: {{{key}: {value}}}\n",
            YamlMapping mapping when mapping[key] is { } entry => Replace(text, entry, value),
            YamlMapping { Entries: [var first, ..] } mapping => Insert(text, mapping, first, $"{key}: {value}"),
            YamlMapping mapping => text.Insert(OffsetOf(text, mapping.Mark) + 1, $"{key}: {value}"),
            _ => null,
        };
    }

    private static string? Replace(string text, YamlEntry entry, string value)
    {
        if (entry.Value is not YamlScalar { IsPlain: true, Text: var old }) return null;
        var offset = OffsetOf(text, entry.Value.Mark);
        return string.CompareOrdinal(text, offset, old, 0, old.Length) == 0 ? text.Remove(offset, old.Length).Insert(offset, value) : null;
    }

    /// <summary>Before the first key: after it in braces, on a line of its own where lines make the mapping.</summary>
    private static string Insert(string text, YamlMapping mapping, YamlEntry first, string line)
    {
        var isFlow = text[OffsetOf(text, mapping.Mark)] == '{';
        return text.Insert(OffsetOf(text, first.Mark), isFlow ? $"{line}, " : $"{line}\n{new string(' ', first.Mark.Column - 1)}");
    }

    private static int OffsetOf(string text, Mark mark)
    {
        var offset = text.StartsWith('\uFEFF') ? 1 : 0;
        for (var line = 1; line < mark.Line; line++) offset = text.IndexOf('\n', offset) + 1;
        return offset + mark.Column - 1;
    }
}
