using Spectre.Console;

namespace Sweep.Coordinator.Reports;

internal sealed record ConsoleColumn<TRow>(string Header, Func<TRow, string> Cell)
{
    public bool IsNumeric { get; init; } = true;
}

/// <summary>Tables without lines, of as many columns as a console's width holds.</summary>
internal static class ConsoleTable
{
    private const int Spacing = 2;

    /// <summary>The columns that fit, in the order in which they stand; where room is short, those of least worth go first, and one that says nothing goes anyway.</summary>
    public static List<ConsoleColumn<TRow>> Fitting<TRow>(
        ConsoleColumn<TRow>[] byWorth, ConsoleColumn<TRow>[] inOrder, IReadOnlyCollection<TRow> rows, int width)
    {
        var fitting = new HashSet<ConsoleColumn<TRow>>();
        var left = width;
        foreach (var column in byWorth)
        {
            if (rows.All(row => column.Cell(row) == Figures.Absent)) continue;
            var needed = Math.Max(column.Header.Length, rows.Max(row => column.Cell(row).Length)) + Spacing;
            if (needed > left) continue;
            left -= needed;
            fitting.Add(column);
        }
        return [.. inOrder.Where(fitting.Contains)];
    }

    public static Table Of<TRow>(IReadOnlyList<ConsoleColumn<TRow>> columns, IEnumerable<TRow> rows, Func<TRow, Style> style)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column.Header, new Style(decoration: Decoration.Underline)))
            {
                Alignment = column.IsNumeric ? Justify.Right : Justify.Left,
                Padding = new Padding(0, 0, column == columns[^1] ? 0 : Spacing, 0),
                NoWrap = column.IsNumeric,
            });
        }
        foreach (var row in rows) table.AddRow(columns.Select(column => new Text(column.Cell(row), style(row))));
        return table;
    }
}
