using System.Globalization;

namespace Sweep.Coordinator.Tests.Displays;

/// <summary>A terminal, as far as displays use one: it keeps what has scrolled away, and tells of a sequence that it does not know.</summary>
internal sealed class Screen(int width, int height)
{
    private readonly List<char[]> _rows = [Blank(width)];
    private int _row, _column;

    public bool ShowsCursor { get; private set; } = true;

    /// <summary>The first of the rows that are seen.</summary>
    private int Top => Math.Max(0, _rows.Count - height);

    /// <summary>All rows, those that have scrolled away too, without what is blank at the end.</summary>
    public string[] Rows => string.Join('\n', _rows.Select(row => new string(row).TrimEnd())).TrimEnd('\n').Split('\n');

    public void Write(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] == '\e') index = text[index + 1] == '[' ? Obey(text, index + 2) : index + 1;
            else if (text[index] == '\r') _column = 0;
            else if (text[index] == '\n') NextRow();
            else Put(text[index]);
        }
    }

    private int Obey(string text, int start)
    {
        var end = start;
        while (!char.IsAsciiLetter(text[end])) end++;
        var argument = text[start..end];
        switch (text[end])
        {
            case 'A': _row = Math.Max(Top, _row - int.Parse(argument, CultureInfo.InvariantCulture)); break;
            case 'K': Array.Fill(_rows[_row], ' ', _column, width - _column); break;
            case 'B': _row = Math.Min(_rows.Count - 1, _row + 1); break;
            case 'h' or 'l' when argument == "?25": ShowsCursor = text[end] == 'h'; break;
            case 'h' or 'l' when argument is "?2026" or "?1": break;
            case 'm': break;
            default: throw new InvalidOperationException($"unknown sequence {argument}{text[end]}");
        }
        return end;
    }

    private void Put(char character)
    {
        if (_column == width)
        {
            _column = 0;
            NextRow();
        }
        _rows[_row][_column++] = character;
    }

    private void NextRow()
    {
        if (++_row == _rows.Count) _rows.Add(Blank(width));
    }

    private static char[] Blank(int width) => [.. Enumerable.Repeat(' ', width)];
}
