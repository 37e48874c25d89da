using Spectre.Console;

namespace Sweep.Coordinator.Displays;

/// <summary>Sweeps that share a terminal, one below the other. Pure.</summary>
public static class SweepPictures
{
    /// <summary>No wider and no higher than given; sweeps for which there is no room are counted.</summary>
    public static List<PictureLine> Of(IReadOnlyList<SweepGlance> glances, int width, int height, bool isUnicode = true)
    {
        if (glances.Count == 0) return [];
        if (glances.Count == 1) return [.. SweepPicture.Of(glances[0], width, height, isUnicode)];
        var shown = glances.Count > height ? height - 1 : glances.Count;
        var rest = glances.Count - shown;
        var each = shown == 0 ? 0 : (height - Math.Min(1, rest)) / shown;
        var isSpaced = each > PictureHeights.FirstLines + 1;
        var lines = new List<PictureLine>();
        foreach (var glance in glances.Take(shown))
        {
            if (isSpaced && lines.Count > 0) lines.Add(PictureLine.Empty);
            lines.AddRange(SweepPicture.Of(glance, width, isSpaced ? each - 1 : each, isUnicode, isAlone: false));
        }
        if (rest > 0) lines.Add(PictureLine.Of($"and {rest} more sweeps", new Style(decoration: Decoration.Dim)).Fit(width));
        return lines;
    }
}
