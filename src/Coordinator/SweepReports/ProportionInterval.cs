namespace Sweep.Coordinator.SweepReports;

/// <summary>Where the true share of right answers lies, nineteen times out of twenty, when so many of so many were right.</summary>
public sealed record ProportionInterval(double Share, double Low, double High, int Count)
{
    /// <summary>Standard deviations to both sides that hold 95 % of a normal distribution.</summary>
    private const double Z = 1.959963984540054;

    /// <summary>
    /// Wilson's score interval (1927). Unlike share ± z·√(share·(1 − share)/n) it keeps within [0, 1] and does not shrink to nothing where every
    /// answer was right.
    /// </summary>
    /// <param name="count">At least 1.</param>
    public static ProportionInterval Wilson(double share, int count)
    {
        var square = Z * Z / count;
        var centre = (share + square / 2) / (1 + square);
        var half = Z / (1 + square) * Math.Sqrt(share * (1 - share) / count + square / (4 * count));
        return new ProportionInterval(share, Math.Max(0, Math.Min(share, centre - half)), Math.Min(1, Math.Max(share, centre + half)), count);
    }

    /// <summary>
    /// Whether the two shares may well be the same: Newcombe's interval of their difference (1998, method 10), made of both intervals, holds 0. It takes them
    /// for answers about different images. About the same images their errors go together, and a test image by image would tell more apart.
    /// </summary>
    public bool CannotBeToldFrom(ProportionInterval other)
    {
        var (more, less) = Share >= other.Share ? (this, other) : (other, this);
        return more.Share - less.Share <= Math.Sqrt(Square(more.Share - more.Low) + Square(less.High - less.Share));
    }

    private static double Square(double value) => value * value;
}
