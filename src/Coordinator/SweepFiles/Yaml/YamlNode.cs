using System.Collections.Immutable;

namespace Sweep.Coordinator.SweepFiles.Yaml;

/// <summary>A place in the file; line and column count from 1.</summary>
internal readonly record struct Mark(int Line, int Column)
{
    public static Mark Start { get; } = new(1, 1);
}

/// <summary>A value of the file, with its place.</summary>
/// <param name="Size">Values in it, itself and all expanded aliases included.</param>
internal abstract record YamlNode(Mark Mark, long Size)
{
    /// <summary>The value in one line, for messages.</summary>
    public abstract string Display { get; }
}

/// <param name="IsPlain">Not quoted: may be a number, a boolean or null.</param>
internal sealed record YamlScalar(Mark Mark, string Text, bool IsPlain) : YamlNode(Mark, 1)
{
    private const int Longest = 60;

    public bool IsNull => IsPlain && Text is "" or "~" or "null";

    public override string Display => Text.ReplaceLineEndings(" ") is { Length: > Longest } text ? text[..Longest] + "…" : Text.ReplaceLineEndings(" ");
}

internal sealed record YamlSequence(Mark Mark, ImmutableArray<YamlNode> Items) : YamlNode(Mark, 1 + Items.Sum(item => item.Size))
{
    private const int Most = 8;

    public override string Display => $"[{string.Join(", ", Items.Take(Most).Select(item => item.Display))}{(Items.Length > Most ? ", …" : "")}]";
}

/// <param name="Entries">In the file's order, no key twice.</param>
internal sealed record YamlMapping(Mark Mark, ImmutableArray<YamlEntry> Entries) : YamlNode(Mark, 1 + Entries.Sum(entry => 1 + entry.Value.Size))
{
    public override string Display => "{…}";

    public YamlEntry? this[string key] => Entries.FirstOrDefault(entry => entry.Key == key);
}

internal sealed record YamlEntry(Mark Mark, string Key, YamlNode Value);
