using System.Text;

namespace Sweep.Coordinator.Displays;

/// <summary>
/// What to write so that a terminal shows a picture below the lines that stay. Each frame is one text: it writes over the picture before it and erases
/// nothing that it does not replace, so that nothing flickers, and it leaves the cursor visible below the picture, so that whatever ends the program
/// leaves the terminal as it should be.
/// </summary>
public sealed class Canvas
{
    /// <summary>Terminals that know synchronized updates show the frame as a whole; others ignore these.</summary>
    private const string Begin = "\e[?2026h\e[?25l", End = "\e[?25h\e[?2026l";

    private const string EraseLine = "\e[K", Down = "\e[B";

    private IReadOnlyList<(string Text, int Width)> _picture = [];
    private int _width;

    /// <summary>The terminal has been written to by somebody else: the next picture begins where the cursor is.</summary>
    public void Forget() => _picture = [];

    /// <param name="lines">That stay above the picture from now on.</param>
    /// <param name="picture">Text as the terminal takes it, and the columns that it shows; each less than <paramref name="width"/>.</param>
    /// <param name="width">The terminal's.</param>
    /// <returns>Empty where nothing changes.</returns>
    public string Frame(IReadOnlyCollection<string> lines, IReadOnlyList<(string Text, int Width)> picture, int width)
    {
        if (lines.Count == 0 && width == _width && picture.SequenceEqual(_picture)) return "";
        var rows = RowsOf(_picture, width);
        var frame = new StringBuilder(Begin).Append('\r').Append(Up(rows));
        var isAnew = lines.Count > 0 || width != _width || picture.Count < _picture.Count;
        if (isAnew) Erase(frame, rows);
        foreach (var line in lines) frame.Append(line).Append("\r\n");
        foreach (var (text, _) in picture) frame.Append(text).Append(isAnew ? "" : EraseLine).Append("\r\n");
        (_picture, _width) = (picture, width);
        return frame.Append(EraseLine).Append(End).ToString();
    }

    /// <summary>Row by row: some terminals keep what is erased as a whole screen, as if it had scrolled away.</summary>
    private static void Erase(StringBuilder frame, int rows)
    {
        for (var row = 0; row < rows; row++) frame.Append(EraseLine).Append(Down);
        frame.Append(EraseLine).Append(Up(rows));
    }

    private static string Up(int rows) => rows == 0 ? "" : $"\e[{rows}A";

    /// <summary>A terminal that has become narrower has broken lines.</summary>
    private static int RowsOf(IReadOnlyList<(string Text, int Width)> picture, int width) =>
        picture.Sum(line => Math.Max(1, (line.Width + width - 1) / width));
}
