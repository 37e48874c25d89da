using MathNet.Numerics;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

internal static class Normal
{
    /// <summary>A standard normal number, by the inverse of its distribution.</summary>
    public static double Draw(ref CounterRandom random) => Quantile(random.NextDouble() + 5.6e-17);

    public static double Quantile(double probability) => -Constants.Sqrt2 * SpecialFunctions.ErfcInv(2 * probability);
}
