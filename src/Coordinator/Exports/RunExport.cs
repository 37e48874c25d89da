using Sweep.Coordinator.Exports.Mlflow;
using Sweep.Coordinator.Exports.TensorBoard;
using Sweep.Coordinator.Histories;
using Sweep.Shared;

namespace Sweep.Coordinator.Exports;

public enum ExportFormat { Csv, Json, Parquet, TensorBoard, Mlflow }

/// <summary>A run in the formats of other programs.</summary>
public static class RunExport
{
    /// <summary>Where an export goes that was given no place.</summary>
    public static string DefaultFolder(RunFolder folder, ExportFormat format) => Path.Combine(folder.Path, format switch
    {
        ExportFormat.TensorBoard => "tensorboard",
        ExportFormat.Mlflow => "mlruns",
        _ => "export",
    });

    /// <returns>The files or folders that were written.</returns>
    /// <exception cref="IOException">They cannot be written.</exception>
    public static IReadOnlyList<string> Write(StoredRun run, ExportFormat format, string into)
    {
        Directory.CreateDirectory(into);
        return format switch
        {
            ExportFormat.Csv => Tables(run, into, "csv", TableFiles.WriteCsv),
            ExportFormat.Json => Tables(run, into, "json", TableFiles.WriteJson),
            ExportFormat.Parquet => Tables(run, into, "parquet", TableFiles.WriteParquet),
            ExportFormat.TensorBoard => TensorBoardLog.Export(run, into),
            ExportFormat.Mlflow => MlflowStore.Export(run, into),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
        };
    }

    private static List<string> Tables(StoredRun run, string into, string extension, Action<Stream, ExportTable> write)
    {
        var written = new List<string>();
        foreach (var table in ExportTable.Of(run.State))
        {
            var path = Path.Combine(into, $"{table.Name}.{extension}");
            AtomicFile.Write(path, stream => write(stream, table));
            written.Add(path);
        }
        return written;
    }
}
