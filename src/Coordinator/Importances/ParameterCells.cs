using System.Collections.Immutable;
using Sweep.Coordinator.Samplers;
using Sweep.Shared;

namespace Sweep.Coordinator.Importances;

/// <summary>Some of a parameter's values, taken together.</summary>
/// <param name="Text">For people: <c>adam</c>, <c>0.001 to 0.012</c>.</param>
/// <param name="Low">The lowest that was tried; null where values are no numbers.</param>
/// <param name="High">The highest.</param>
public sealed record ValueCell(string Text, double? Low = null, double? High = null);

/// <summary>The values that results have of one parameter, in cells: each value of a choice, and of a range so many parts with as many results each.</summary>
internal sealed class ParameterCells
{
    private readonly double[] _upper;

    private ParameterCells(double[] upper, ImmutableArray<ValueCell> cells) => (_upper, Cells) = (upper, cells);

    /// <summary>Each of them has results.</summary>
    public ImmutableArray<ValueCell> Cells { get; }

    /// <param name="coordinates">Of all results; NaN where one does not have the parameter.</param>
    public static ParameterCells Of(Axis axis, IReadOnlyList<double> coordinates, int mostCells)
    {
        var existing = coordinates.Where(coordinate => !double.IsNaN(coordinate)).Order().ToList();
        var distinct = existing.Distinct().ToList();
        var upper = axis.IsChoice || distinct.Count <= mostCells
            ? distinct.ToArray()
            : [.. Enumerable.Range(1, mostCells).Select(part => existing[part * existing.Count / mostCells - 1]).Distinct()];
        var cells = upper.Select((high, index) => CellOf(axis, [.. existing.Where(coordinate => coordinate <= high && (index == 0 || coordinate > upper[index - 1]))]));
        return new ParameterCells(upper, [.. cells]);
    }

    /// <summary>Null for a result that does not have the parameter.</summary>
    public int? IndexOf(double coordinate) => double.IsNaN(coordinate) ? null : Array.FindIndex(_upper, high => coordinate <= high);

    private static ValueCell CellOf(Axis axis, List<double> coordinates)
    {
        var (low, high) = (axis.ValueAt(coordinates[0]), axis.ValueAt(coordinates[^1]));
        if (low is not (HyperparameterValue.Number or HyperparameterValue.Integer)) return new ValueCell(low.ToString()!);
        var text = low == high ? $"{low.AsDouble():G4}" : $"{low.AsDouble():G3} to {high.AsDouble():G3}";
        return new ValueCell(text, low.AsDouble(), high.AsDouble());
    }
}
