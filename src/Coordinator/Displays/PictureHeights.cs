namespace Sweep.Coordinator.Displays;

/// <summary>How many lines the parts of a sweep's picture get. It depends on nothing that changes with every epoch, so that the picture keeps its height.</summary>
/// <param name="Workers">The line that counts those without one of their own included.</param>
/// <param name="HasHeaders">Tables have their headers.</param>
/// <param name="IsSpaced">A blank line parts the parts.</param>
internal sealed record PictureHeights(int Leaders, int Workers, int Warnings, bool HasHeaders = true, bool IsSpaced = true)
{
    /// <summary>The sweep's bar, its trials, its time.</summary>
    public const int FirstLines = 3;

    private const int MostWorkers = 8, MostWarnings = 3;

    private int Total => FirstLines + TableOf(Leaders) + TableOf(Workers) + Warnings + (Warnings > 0 && IsSpaced ? 1 : 0);

    /// <summary>As much of everything as <paramref name="height"/> holds, and the more of what is worth more.</summary>
    public static PictureHeights Of(int height, int leaders, int workers, int warnings)
    {
        var heights = new PictureHeights(leaders, Math.Min(workers, MostWorkers), Math.Min(warnings, MostWarnings));
        while (heights.Total > height && heights.Less() is { } less) heights = less;
        return heights;
    }

    /// <summary>One line less; null where nothing is left to do without.</summary>
    private PictureHeights? Less() => this switch
    {
        { Warnings: > 1 } => this with { Warnings = Warnings - 1 },
        { Workers: > 4 } => this with { Workers = Workers - 1 },
        { Leaders: > 3 } => this with { Leaders = Leaders - 1 },
        { IsSpaced: true } => this with { IsSpaced = false },
        { Workers: > 2 } => this with { Workers = Workers - 1 },
        { Leaders: > 1 } => this with { Leaders = Leaders - 1 },
        { HasHeaders: true } => this with { HasHeaders = false },
        { Workers: > 1 } => this with { Workers = 1 },
        { Warnings: > 0 } => this with { Warnings = 0 },
        { Workers: > 0 } => this with { Workers = 0 },
        { Leaders: > 0 } => this with { Leaders = 0 },
        _ => null,
    };

    private int TableOf(int rows) => rows == 0 ? 0 : rows + (HasHeaders ? 1 : 0) + (IsSpaced ? 1 : 0);
}
