using System.Collections.Immutable;
using Spectre.Console;

namespace Sweep.Coordinator.Displays;

/// <summary>A line of a picture: pieces of text, each with its style. It holds no control characters, whatever it was made of.</summary>
public sealed record PictureLine(ImmutableArray<(string Text, Style Style)> Pieces)
{
    public static PictureLine Empty { get; } = new([]);

    public static PictureLine Of(string text, Style? style = null) => Empty.With(text, style);

    public string Text => string.Concat(Pieces.Select(piece => piece.Text));

    /// <summary>Columns that it takes on a terminal.</summary>
    public int Width => Pieces.Sum(piece => WidthOf(piece.Text));

    public PictureLine With(string text, Style? style = null) => text.Length == 0 ? this : new(Pieces.Add((Printable(text), style ?? Style.Plain)));

    /// <summary>The line, or as much of it as fits, with an ellipsis.</summary>
    public PictureLine Fit(int width)
    {
        if (Width <= width) return this;
        var (fitting, left) = (Empty, width - 1);
        foreach (var (text, style) in Pieces)
        {
            var length = 0;
            for (var taken = 0; length < text.Length && (taken += WidthOf(text[length].ToString())) <= left; length++) ;
            fitting = fitting.With(text[..length], style);
            left -= WidthOf(text[..length]);
            if (length < text.Length) return left >= 0 ? fitting.With("…", style) : Empty;
        }
        return fitting;
    }

    public Paragraph ToParagraph()
    {
        var paragraph = new Paragraph();
        foreach (var (text, style) in Pieces) paragraph.Append(text, style);
        return paragraph;
    }

    public static string Printable(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.ReplaceLineEndings(" ").Select(character => char.IsControl(character) ? ' ' : character)) : text;

    private static int WidthOf(string text) => text.GetCellWidth();
}
