using System.Text.Json;
using Parquet;
using Parquet.Schema;
using Sweep.Coordinator.Reports;

namespace Sweep.Coordinator.Exports;

/// <summary>Tables as files: CSV, JSON and Parquet.</summary>
internal static class TableFiles
{
    /// <summary>UTF-8, <c>\n</c>, invariant numbers in full, nothing for a missing value.</summary>
    public static void WriteCsv(Stream stream, ExportTable table) =>
        CsvTable.Write(stream, [.. table.Columns.Select(column => new CsvColumn<int>(column.Name, row => column.Values[row]))], Enumerable.Range(0, table.Rows));

    /// <summary>An array of objects, one a row.</summary>
    public static void WriteJson(Stream stream, ExportTable table)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartArray();
        for (var row = 0; row < table.Rows; row++)
        {
            json.WriteStartObject();
            foreach (var column in table.Columns) Write(json, column.Name, column.Values[row]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>One row group; every column may lack values.</summary>
    public static void WriteParquet(Stream stream, ExportTable table)
    {
        // The library writes to streams that can seek, and by tasks that complete at once on one in memory.
        using var memory = new MemoryStream();
        WriteParquetAsync(memory, table).GetAwaiter().GetResult();
        memory.Position = 0;
        memory.CopyTo(stream);
    }

    private static async Task WriteParquetAsync(Stream stream, ExportTable table)
    {
        var fields = table.Columns.Select(column => new DataField(column.Name, TypeOf(column.Kind), isNullable: true)).ToArray();
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema([.. fields.Cast<Field>()]), stream);
        using var group = writer.CreateRowGroup();
        foreach (var (field, column) in fields.Zip(table.Columns)) await WriteAsync(group, field, column);
        group.CompleteValidate();
    }

    private static Task WriteAsync(ParquetRowGroupWriter group, DataField field, ExportColumn column) => column.Kind switch
    {
        ColumnKind.Integer => group.WriteAsync<long>(field, Values<long>(column)),
        ColumnKind.Number => group.WriteAsync<double>(field, Values<double>(column)),
        ColumnKind.Flag => group.WriteAsync<bool>(field, Values<bool>(column)),
        ColumnKind.Text => group.WriteAsync(field, [.. column.Values.Cast<string?>()]),
        _ => throw new ArgumentOutOfRangeException(nameof(column), column.Kind, null),
    };

    private static ReadOnlyMemory<T?> Values<T>(ExportColumn column) where T : struct => column.Values.Select(value => (T?)value).ToArray();

    private static Type TypeOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Integer => typeof(long),
        ColumnKind.Number => typeof(double),
        ColumnKind.Flag => typeof(bool),
        ColumnKind.Text => typeof(string),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null: json.WriteNull(name); break;
            case long number: json.WriteNumber(name, number); break;
            case double number: json.WriteNumber(name, number); break;
            case bool flag: json.WriteBoolean(name, flag); break;
            case string text: json.WriteString(name, text); break;
            default: throw new ArgumentOutOfRangeException(nameof(value), value, "a column holds numbers, flags or text");
        }
    }
}
