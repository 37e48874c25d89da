namespace Sweep.Bench.Simulator;

/// <summary>Order statistics without interpolation: values that were never reached count as infinite.</summary>
internal static class Quartiles
{
    /// <summary><c>867 [512, 1201] (20)</c>: median, quartiles, and how many values there are.</summary>
    public static string Of<T>(IEnumerable<T?> values)
        where T : struct, IConvertible
    {
        var sorted = values.Select(value => value is { } number ? number.ToDouble(null) : double.PositiveInfinity).Order().ToList();
        return $"{Show(At(sorted, 0.5))} [{Show(At(sorted, 0.25))}, {Show(At(sorted, 0.75))}] ({sorted.Count(double.IsFinite)})";
    }

    public static double MedianOf(IEnumerable<double> values) => At([.. values.Order()], 0.5);

    private static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1) + 0.5)];

    private static string Show(double value) => double.IsFinite(value) ? $"{value:0}" : "never";
}
