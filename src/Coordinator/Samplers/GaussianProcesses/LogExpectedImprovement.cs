using MathNet.Numerics;

namespace Sweep.Coordinator.Samplers.GaussianProcesses;

/// <summary>
/// The logarithm of the expected improvement (Ament et al. 2023, "Unexpected improvements to expected improvement", equation 9), for a value
/// to be minimised with mean μ and deviation s: with z = (incumbent − μ) / s, log EI = log s + log h(z), h(z) = φ(z) + z·Φ(z). It has a slope
/// where the improvement itself has underflowed to 0.
/// </summary>
internal static class LogExpectedImprovement
{
    private const double LogRootTwoPi = 0.91893853320467274178;

    /// <summary>Below this, h is the difference of numbers too close to each other, and the first terms of its asymptotic series take over.</summary>
    private const double FarBelow = -12;

    /// <returns>The value, and its derivatives by the mean and by the deviation.</returns>
    public static (double Value, double ByMean, double ByDeviation) Of(double mean, double deviation, double incumbent)
    {
        var z = (incumbent - mean) / deviation;
        var logDensity = -z * z / 2 - LogRootTwoPi;
        if (z < FarBelow)
        {
            var square = 1 / (z * z);
            // h = φ/z²·(1 − 3/z² + 15/z⁴), Φ = φ/|z|·(1 − 1/z² + 3/z⁴)
            var series = 1 - 3 * square + 15 * square * square;
            var cumulative = -z * (1 - square + 3 * square * square) / series;
            return (Math.Log(deviation) + logDensity + Math.Log(square * series), -cumulative / deviation, z * z / series / deviation);
        }
        var density = Math.Exp(logDensity);
        var probability = 0.5 * SpecialFunctions.Erfc(-z / Constants.Sqrt2);
        var h = density + z * probability;
        return (Math.Log(deviation) + Math.Log(h), -probability / h / deviation, density / h / deviation);
    }
}
