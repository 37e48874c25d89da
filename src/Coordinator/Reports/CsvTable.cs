using CsvHelper;

namespace Sweep.Coordinator.Reports;

/// <summary>
/// Writes tables that read back to the same values anywhere: UTF-8, <c>\n</c>, invariant numbers in full, nothing for a missing value.
/// </summary>
internal static class CsvTable
{
    private static readonly CsvWriterOptions Options = new() { NewLine = "\n" };

    public static void Write<TRow>(Stream stream, IReadOnlyList<CsvColumn<TRow>> columns, IEnumerable<TRow> rows)
    {
        using var csv = CsvWriter.Create(stream, Options, leaveOpen: true);
        foreach (var column in columns) csv.WriteField(column.Name);
        csv.EndRecord();
        foreach (var row in rows)
        {
            foreach (var column in columns) csv.WriteField(column.Value(row));
            csv.EndRecord();
        }
    }
}

internal sealed record CsvColumn<TRow>(string Name, Func<TRow, object?> Value);
