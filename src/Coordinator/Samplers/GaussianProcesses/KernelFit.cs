using System.Numerics.Tensors;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers.GaussianProcesses;

/// <param name="Lengths">One length scale a dimension, above 0.</param>
/// <param name="Noise">The noise's variance as a share of the signal's.</param>
internal sealed record KernelParameters(double[] Lengths, double Noise);

/// <summary>
/// Fits kernel parameters by the marginal likelihood (Rasmussen and Williams 2006, equations 5.8 and 5.9) times priors, from several starts.
/// <para>
/// The mean m and the signal's variance σ² are not searched: for given length scales and noise, m = 1ᵀK⁻¹y / 1ᵀK⁻¹1 and
/// σ² = ((y − m)ᵀK⁻¹(y − m) + 2b) / (n + 2a) are the best ones, under an inverse gamma prior with a and b. The prior of a length scale in a space
/// of d dimensions is log-normal, wider and longer with d (Hvarfner et al. 2024, "Vanilla Bayesian optimization performs great in high dimensions").
/// </para>
/// </summary>
internal sealed class KernelFit
{
    private const double PriorShape = 1, PriorScale = 1;
    private const double LengthSpread = 1.2, NoiseMedian = 1e-5, NoiseSpread = 3, LeastNoise = 1e-7;

    private readonly double[][] _squares;
    private readonly double[] _targets;
    private readonly double _lengthMedian;
    private readonly double[] _kernel, _slopes;

    /// <param name="targets">Of mean 0 and variance 1.</param>
    public KernelFit(KernelSpace space, IReadOnlyList<double[]> points, double[] targets)
    {
        _targets = targets;
        _squares = [.. space.Dimensions.Select(dimension => SquaredDistances(dimension, points))];
        _lengthMedian = Math.Log(0.5) + Math.Log(Math.Max(1, space.Dimensions.Length)) / 2;
        var length = PackedCholesky.Length(targets.Length);
        (_kernel, _slopes) = (new double[length], new double[length]);
    }

    /// <summary>The most probable parameters, and the logarithm of how probable they and the targets are, but for a constant.</summary>
    /// <param name="starts">At least 1.</param>
    public (KernelParameters Parameters, double LogPosterior) Run(int starts, int evaluations, CounterRandom random)
    {
        var size = _squares.Length + 1;
        var (lower, upper) = (new double[size], new double[size]);
        Array.Fill(lower, Math.Log(0.02));
        Array.Fill(upper, Math.Log(50));
        (lower[^1], upper[^1]) = (Math.Log(LeastNoise), Math.Log(1));
        var (best, bestValue) = (Array.Empty<double>(), double.PositiveInfinity);
        for (var start = 0; start < starts; start++)
        {
            var guess = new double[size];
            for (var i = 0; i < size - 1; i++)
                guess[i] = Math.Clamp(_lengthMedian + (start == 0 ? 0 : 2 * random.NextDouble() - 1.5), lower[i], upper[i]);
            guess[^1] = Math.Log(start == 0 ? 1e-4 : 1e-2);
            var (x, value) = BoundedMinimizer.Minimize(NegativeLogPosterior, guess, lower, upper, evaluations);
            if (value < bestValue || best.Length == 0) (best, bestValue) = (x, value);
        }
        return (new KernelParameters([.. best[..^1].Select(Math.Exp)], Math.Exp(best[^1])), -bestValue);
    }

    /// <param name="x">Logarithms of the length scales, then of the noise.</param>
    private double NegativeLogPosterior(double[] x, double[] gradient)
    {
        var n = _targets.Length;
        var weights = x[..^1].Select(length => Math.Exp(-2 * length)).ToArray();
        var noise = Math.Exp(x[^1]);
        Array.Clear(_kernel);
        for (var d = 0; d < weights.Length; d++) TensorPrimitives.MultiplyAdd(_squares[d], weights[d], _kernel, _kernel);
        Matern.Evaluate(_kernel, _slopes);
        for (var row = 0; row < n; row++) _kernel[PackedCholesky.Start(row) + row] += noise;
        if (PackedCholesky.Of(_kernel, n) is not { } factor) return double.PositiveInfinity;

        var (_, variance, alpha) = Whiten(factor, _targets);
        factor.SolveUpper(alpha);
        var value = 0.5 * (n + 2 * PriorShape) * Math.Log(variance) + 0.5 * factor.LogDeterminant;

        // ∂/∂θ: ½·tr((K⁻¹ − ααᵀ/σ²)·∂K/∂θ)
        var sensitivity = factor.Inverse();
        for (var row = 0; row < n; row++)
        {
            var own = sensitivity.AsSpan(PackedCholesky.Start(row), row + 1);
            TensorPrimitives.MultiplyAdd(alpha.AsSpan(0, row + 1), -alpha[row] / variance, own, own);
        }
        gradient[^1] = 0;
        for (var row = 0; row < n; row++) gradient[^1] += 0.5 * noise * sensitivity[PackedCholesky.Start(row) + row];
        TensorPrimitives.Multiply(sensitivity, _slopes, sensitivity);
        for (var d = 0; d < weights.Length; d++)
        {
            // Off the diagonal each pair counts twice; on it, distances are 0. And ∂w/∂log ℓ = −2w.
            gradient[d] = -2 * weights[d] * TensorPrimitives.Dot<double>(sensitivity, _squares[d]);
            var deviation = (x[d] - _lengthMedian) / LengthSpread;
            value += deviation * deviation / 2;
            gradient[d] += deviation / LengthSpread;
        }
        var noisiness = (x[^1] - Math.Log(NoiseMedian)) / NoiseSpread;
        gradient[^1] += noisiness / NoiseSpread;
        return value + noisiness * noisiness / 2;
    }

    /// <summary>m, σ² and L⁻¹(y − m), of the factor's first rows where it has more than there are targets.</summary>
    public static (double Mean, double Variance, double[] Residuals) Whiten(PackedCholesky factor, double[] targets)
    {
        var ones = new double[targets.Length];
        Array.Fill(ones, 1);
        factor.SolveLower(ones);
        var residuals = (double[])targets.Clone();
        factor.SolveLower(residuals);
        var mean = TensorPrimitives.Dot<double>(ones, residuals) / TensorPrimitives.SumOfSquares<double>(ones);
        TensorPrimitives.MultiplyAdd(ones, -mean, residuals, residuals);
        var quadratic = TensorPrimitives.SumOfSquares<double>(residuals);
        return (mean, (quadratic + 2 * PriorScale) / (targets.Length + 2 * PriorShape), residuals);
    }

    private static double[] SquaredDistances(KernelDimension dimension, IReadOnlyList<double[]> points)
    {
        var coordinates = points.Select(dimension.Coordinate).ToArray();
        var squares = new double[PackedCholesky.Length(points.Count)];
        for (var row = 0; row < points.Count; row++)
            for (var column = 0; column < row; column++)
                squares[PackedCholesky.Start(row) + column] = dimension.SquaredDistance(coordinates[row], coordinates[column]);
        return squares;
    }
}
