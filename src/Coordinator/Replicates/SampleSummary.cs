namespace Sweep.Coordinator.Replicates;

/// <summary>What a few measurements of one quantity say of it.</summary>
/// <param name="Count">Measurements; at least 0.</param>
/// <param name="Mean">Null without a measurement.</param>
/// <param name="StandardDeviation">Of the population that the sample stands for, with n − 1; null below two measurements.</param>
public sealed record SampleSummary(int Count, double? Mean, double? StandardDeviation)
{
    /// <param name="values">Finite.</param>
    public static SampleSummary Of(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0) return new SampleSummary(0, null, null);
        var mean = values.Average();
        var squares = values.Sum(value => (value - mean) * (value - mean));
        return new SampleSummary(values.Count, mean, values.Count < 2 ? null : Math.Sqrt(squares / (values.Count - 1)));
    }
}
