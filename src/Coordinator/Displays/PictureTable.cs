using Spectre.Console;
using Sweep.Coordinator.Reports;

namespace Sweep.Coordinator.Displays;

/// <summary>A table as lines of a picture.</summary>
internal static class PictureTable
{
    private const string Spacing = "  ";

    private static readonly Style Header = new(decoration: Decoration.Dim);

    /// <summary>A header, and a line a row.</summary>
    public static IEnumerable<PictureLine> Lines<TRow>(
        IReadOnlyList<ConsoleColumn<TRow>> columns, IReadOnlyList<TRow> rows, Func<TRow, ConsoleColumn<TRow>, Style> style)
    {
        var widths = columns.ToDictionary(column => column, column => rows.Select(column.Cell).Append(column.Header).Max(cell => cell.GetCellWidth()));
        yield return Line(column => column.Header, _ => Header);
        foreach (var row in rows) yield return Line(column => column.Cell(row), column => style(row, column));

        PictureLine Line(Func<ConsoleColumn<TRow>, string> cell, Func<ConsoleColumn<TRow>, Style> styleOf) => columns.Aggregate(
            PictureLine.Empty, (line, column) => (line == PictureLine.Empty ? line : line.With(Spacing)).With(Padded(column, cell(column)), styleOf(column)));

        string Padded(ConsoleColumn<TRow> column, string cell)
        {
            var padding = new string(' ', Math.Max(0, widths[column] - cell.GetCellWidth()));
            return column.IsNumeric ? padding + cell : cell + padding;
        }
    }
}
