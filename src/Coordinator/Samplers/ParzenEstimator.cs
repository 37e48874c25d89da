using MathNet.Numerics;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

/// <summary>
/// A density over trials: the mean of kernels, one around each of some trials, and of the space's own distribution as one more (Bergstra et al.
/// 2011, section 4; multivariate as of Falkner et al. 2018, so that it knows which values go together).
/// <para>
/// A kernel is a product over axes: on a range, a normal distribution cut off at its ends; on a choice, its value with most of the probability and
/// the others with the rest (Aitchison and Aitken 1976). An axis that the trial at its centre does not have has the space's own distribution.
/// </para>
/// </summary>
internal sealed class ParzenEstimator
{
    /// <summary>Share of the probability of a choice's kernel that the space's own distribution gets: this over the kernels.</summary>
    private const double ChoicePrior = 1;

    private readonly Axes _axes;
    private readonly IReadOnlyList<double[]> _centres;
    private readonly double _width, _other;
    private readonly double[][] _constants;

    /// <param name="centres">The trials; any number.</param>
    public ParzenEstimator(Axes axes, IReadOnlyList<double[]> centres)
    {
        (_axes, _centres) = (axes, centres);
        // Scott's rule for so many numbers in so many dimensions; and not so narrow that few trials look like certainty.
        var scott = 0.2 * Math.Pow(Math.Max(1, centres.Count), -1.0 / (axes.Count + 4));
        _width = Math.Max(scott, 1.0 / Math.Min(100, centres.Count + 2) / 2);
        _other = ChoicePrior / (centres.Count + ChoicePrior);
        _constants = [.. centres.Select(AtCentre)];
    }

    /// <summary>A trial of this density, with a coordinate for every parameter, not settled.</summary>
    /// <param name="widened">By what kernels are wider than those of the density; at least 1.</param>
    public double[] Draw(ref CounterRandom random, double widened = 1)
    {
        var (width, other) = (_width * widened, Math.Min(1, _other * widened));
        var drawn = _axes.Draw(ref random);
        var kernel = random.NextInt(_centres.Count + 1);
        if (kernel == _centres.Count) return drawn;
        var centre = _centres[kernel];
        for (var axis = 0; axis < drawn.Length; axis++)
        {
            if (double.IsNaN(centre[axis])) continue;
            if (_axes[axis].IsChoice)
            {
                if (random.NextDouble() >= other) drawn[axis] = centre[axis];
                continue;
            }
            var (low, high) = (Cumulative(-centre[axis] / width), Cumulative((1 - centre[axis]) / width));
            drawn[axis] = Math.Clamp(centre[axis] + width * Normal.Quantile(low + random.NextDouble() * (high - low)), 0, 1);
        }
        return drawn;
    }

    /// <summary>The logarithm of the density at a trial, relative to the space's own distribution.</summary>
    public double LogDensity(double[] point)
    {
        var (highest, sum) = (0.0, 1.0);
        for (var kernel = 0; kernel < _centres.Count; kernel++)
        {
            var log = LogKernel(_centres[kernel], _constants[kernel], point);
            if (log > highest) (highest, sum) = (log, sum * Math.Exp(highest - log) + 1);
            else if (log > highest - 40) sum += Math.Exp(log - highest);
        }
        return highest + Math.Log(sum / (_centres.Count + 1));
    }

    private double LogKernel(double[] centre, double[] constants, double[] point)
    {
        var log = 0.0;
        for (var axis = 0; axis < point.Length; axis++)
        {
            var distance = point[axis] - centre[axis];
            if (double.IsNaN(distance)) continue;
            if (!_axes[axis].IsChoice) log += constants[axis] - 0.5 * distance * distance / (_width * _width);
            else log += distance == 0 ? constants[axis] : Math.Log(_other);
        }
        return log;
    }

    /// <summary>Of each axis, the logarithm of the kernel's density at its centre, relative to the space's own.</summary>
    private double[] AtCentre(double[] centre)
    {
        var constants = new double[centre.Length];
        for (var axis = 0; axis < centre.Length; axis++)
        {
            if (double.IsNaN(centre[axis])) continue;
            constants[axis] = _axes[axis].IsChoice
                ? Math.Log(_other + (1 - _other) / _axes[axis].Probability((int)centre[axis]))
                : -Math.Log(_width * Math.Sqrt(2 * Math.PI) * (Cumulative((1 - centre[axis]) / _width) - Cumulative(-centre[axis] / _width)));
        }
        return constants;
    }

    private static double Cumulative(double z) => 0.5 * SpecialFunctions.Erfc(-z / Constants.Sqrt2);
}
