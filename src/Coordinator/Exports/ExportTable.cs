using System.Collections.Immutable;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Exports;

/// <summary>What all values of a column are, but for those that are missing.</summary>
public enum ColumnKind { Integer, Number, Flag, Text }

/// <summary>A column as files for programs have it.</summary>
/// <param name="Values">One a row: <see cref="long"/>, <see cref="double"/>, <see cref="bool"/> or <see cref="string"/>, by the kind; null where it is missing.</param>
public sealed record ExportColumn(string Name, ColumnKind Kind, IReadOnlyList<object?> Values)
{
    internal static ExportColumn Of(string name, IEnumerable<object?> values)
    {
        var plain = values.Select(Plain).ToList();
        var kind = plain.TrueForAll(value => value is null or long) ? ColumnKind.Integer
            : plain.TrueForAll(value => value is null or long or double) ? ColumnKind.Number
            : plain.TrueForAll(value => value is null or bool) ? ColumnKind.Flag
            : ColumnKind.Text;
        return new ExportColumn(name, plain.TrueForAll(value => value is null) ? ColumnKind.Text : kind, [.. plain.Select(value => As(kind, value))]);
    }

    private static object? As(ColumnKind kind, object? value) => (kind, value) switch
    {
        (_, null) => null,
        (ColumnKind.Number, long whole) => (double)whole,
        (ColumnKind.Text, bool flag) => flag ? "true" : "false",
        (ColumnKind.Text, not string) => value.ToString(),
        _ => value,
    };

    private static object? Plain(object? value) => value switch
    {
        null => null,
        int number => (long)number,
        TrialId trial => (long)trial.Number,
        HyperparameterValue.Number number => number.Value,
        HyperparameterValue.Integer integer => integer.Value,
        HyperparameterValue.Flag flag => flag.Value,
        double number => double.IsFinite(number) ? number : null,
        long or bool or string => value,
        _ => value.ToString(),
    };
}

/// <summary>A sweep as tables: <c>trials</c>, with the columns of <c>leaderboard.csv</c>, and <c>epochs</c>, with those of <c>epochs.csv</c> after the trial's number.</summary>
public sealed record ExportTable(string Name, ImmutableArray<ExportColumn> Columns)
{
    public int Rows => Columns.IsEmpty ? 0 : Columns[0].Values.Count;

    public static ExportTable TrialsOf(Leaderboard board) => new(
        "trials", [.. LeaderboardCsv.ColumnsOf(board).Select(column => ExportColumn.Of(column.Name, board.Rows.Select(column.Value)))]);

    public static ExportTable EpochsOf(SweepState state)
    {
        var trials = ExportColumn.Of("trial", state.Trials.SelectMany(trial => trial.Reports, (trial, _) => (object?)trial.Id));
        var reports = state.Trials.SelectMany(trial => trial.Reports).ToList();
        return new("epochs", [trials, .. EpochsCsv.ColumnsOf(reports).Select(column => ExportColumn.Of(column.Name, reports.Select(column.Value)))]);
    }

    public static IEnumerable<ExportTable> Of(SweepState state) => [TrialsOf(Leaderboard.Of(state)), EpochsOf(state)];
}
