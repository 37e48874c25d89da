using System.Text.RegularExpressions;

namespace Sweep.Shared;

/// <summary>Durations as people write them: <c>90s</c>, <c>30m</c>, <c>12h</c>, <c>2d</c>.</summary>
public static partial class Durations
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>Above zero and at most ten years; null for anything else.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (!Duration().IsMatch(text)) return null;
        var seconds = double.Parse(text[..^1]) * text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, _ => 86_400 };
        return seconds > 0 && seconds <= Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    [GeneratedRegex("^[0-9]{1,12}[smhd]$")]
    private static partial Regex Duration();
}
