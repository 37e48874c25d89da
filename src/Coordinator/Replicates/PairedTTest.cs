using System.Text.Json.Serialization;
using MathNet.Numerics.Distributions;

namespace Sweep.Coordinator.Replicates;

/// <summary>
/// Student's paired t-test, two-sided: whether the differences between two configurations under equal seeds have a mean other than 0.
/// With the differences' mean d and standard deviation s, t = d / (s / √n) with n − 1 degrees of freedom. It assumes that differences
/// are roughly normal, and it is not corrected for the number of configurations that are compared.
/// </summary>
/// <param name="Pairs">Seeds under which both have a result.</param>
/// <param name="MeanDifference">Null without a pair.</param>
/// <param name="PValue">Null below two pairs, and where all differences are the same but not 0: then their spread is not known.</param>
public sealed record PairedTTest(int Pairs, double? MeanDifference, double? PValue)
{
    /// <summary>α: so often are two configurations told apart that do not differ.</summary>
    public const double SignificanceLevel = 0.05;

    /// <summary>Spread that is rounding error of the values themselves, relative to the mean difference.</summary>
    private const double RoundingError = 1e-12;

    public static readonly string Name = $"paired t-test over seeds, two-sided, α = {SignificanceLevel}";

    /// <summary>Null where there is no p-value.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool? TellsApart => PValue is { } p ? p < SignificanceLevel : null;

    public static PairedTTest Of(IReadOnlyCollection<double> differences)
    {
        var sample = SampleSummary.Of(differences);
        return new PairedTTest(sample.Count, sample.Mean, PValueOf(sample));
    }

    private static double? PValueOf(SampleSummary sample)
    {
        if (sample is not { Mean: { } mean, StandardDeviation: { } deviation }) return null;
        if (mean == 0 && deviation == 0) return 1;
        if (deviation <= RoundingError * Math.Abs(mean)) return null;
        var t = mean / (deviation / Math.Sqrt(sample.Count));
        return 2 * StudentT.CDF(location: 0, scale: 1, freedom: sample.Count - 1, x: -Math.Abs(t));
    }
}
