using System.Text.Json;
using Parquet;
using Parquet.Schema;
using Sweep.Coordinator.Exports;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Tests.SweepReports;
using Sweep.Coordinator.Tests.Trials;

namespace Sweep.Coordinator.Tests.Exports;

public sealed class TableExportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sweep-export-").FullName;
    private readonly TestSweep _sweep = ReportedSweep.Ended();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_trials_as_CSV_are_the_leaderboard_and_epochs_have_their_trial()
    {
        Export(ExportFormat.Csv);
        using var leaderboard = new MemoryStream();
        LeaderboardCsv.Write(leaderboard, Leaderboard.Of(_sweep.State));
        Assert.Equal(System.Text.Encoding.UTF8.GetString(leaderboard.ToArray()), File.ReadAllText(In("trials.csv")));
        var epochs = File.ReadAllLines(In("epochs.csv"));
        Assert.StartsWith("trial,epoch,train_loss,", epochs[0], StringComparison.Ordinal);
        Assert.Equal(1 + _sweep.State.EpochsTotal, epochs.Length);
    }

    [Fact]
    public void The_JSON_has_an_object_a_row()
    {
        Export(ExportFormat.Json);
        using var trials = JsonDocument.Parse(File.ReadAllText(In("trials.json")));
        using var epochs = JsonDocument.Parse(File.ReadAllText(In("epochs.json")));
        Assert.Equal(_sweep.State.TrialCount, trials.RootElement.GetArrayLength());
        Assert.Equal(_sweep.State.EpochsTotal, epochs.RootElement.GetArrayLength());
        Assert.Equal(JsonValueKind.Number, trials.RootElement[0].GetProperty("learning_rate").ValueKind);
    }

    [Fact]
    public async Task The_Parquet_files_read_back_to_the_same_values()
    {
        Export(ExportFormat.Parquet);
        foreach (var table in ExportTable.Of(_sweep.State))
        {
            await using var reader = await ParquetReader.CreateAsync(In($"{table.Name}.parquet"));
            using var group = reader.OpenRowGroupReader(0);
            Assert.Equal(table.Columns.Select(column => column.Name), reader.Schema.DataFields.Select(field => field.Name));
            foreach (var (column, field) in table.Columns.Zip(reader.Schema.DataFields)) Assert.Equal(column.Values, await ValuesAsync(group, column, field));
        }
    }

    private static async Task<List<object?>> ValuesAsync(ParquetRowGroupReader group, ExportColumn column, DataField field)
    {
        var count = column.Values.Count;
        switch (column.Kind)
        {
            case ColumnKind.Integer: return await ReadAsync<long>();
            case ColumnKind.Number: return await ReadAsync<double>();
            case ColumnKind.Flag: return await ReadAsync<bool>();
            default:
                var texts = new string?[count];
                await group.ReadAsync(field, texts.AsMemory());
                return [.. texts];
        }

        async Task<List<object?>> ReadAsync<T>() where T : struct
        {
            var values = new T?[count];
            await group.ReadAsync<T>(field, values.AsMemory());
            return [.. values.Select(value => (object?)value)];
        }
    }

    private void Export(ExportFormat format) => RunExport.Write(new StoredRun(RunFolder.Create(Path.Combine(_folder, "run")), _sweep.State, _sweep.Events.Count, _sweep.Events), format, Path.Combine(_folder, "out"));

    private string In(string name) => Path.Combine(_folder, "out", name);
}
