using MathNet.Numerics;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

internal static class Normal
{
    /// <summary>Keeps 0, whose quantile is infinite, from being drawn.</summary>
    private const double LessThanAStep = 1.0 / (1L << 55);

    /// <summary>A standard normal number, by the inverse of its distribution.</summary>
    public static double Draw(ref CounterRandom random) => Quantile(random.NextDouble() + LessThanAStep);

    public static double Quantile(double probability) => -Constants.Sqrt2 * SpecialFunctions.ErfcInv(2 * probability);
}
