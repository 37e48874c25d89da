using MathNet.Numerics.LinearAlgebra;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

/// <summary>
/// The covariance matrix adaptation evolution strategy (Hansen 2016, "The CMA evolution strategy: a tutorial"; equation numbers are its own), of
/// coordinates in a unit cube. Points that it did not draw itself may be told to it: their steps are cut to the length that its own have
/// (Hansen 2011, "Injecting external solutions into CMA-ES", equation 4). Changed by <see cref="Tell"/> alone.
/// </summary>
internal sealed class CmaEs
{
    private const double LargestDeviation = 0.5, SmallestDeviation = 1e-9;

    private readonly int _n;
    private readonly double[] _weights;
    private readonly double _muEff, _cSigma, _dSigma, _cC, _c1, _cMu, _chiN;
    private Vector<double> _mean, _pathSigma, _pathC;
    private Matrix<double> _c, _axes;
    private Vector<double> _lengths;
    private int _generation;

    /// <param name="mean">Where the search begins.</param>
    /// <param name="population">λ, at least 4.</param>
    public CmaEs(double[] mean, double deviation, int population)
    {
        (_n, Population, Deviation) = (mean.Length, population, deviation);
        var mu = population / 2;
        var raw = Enumerable.Range(1, mu).Select(rank => Math.Log((population + 1) / 2.0) - Math.Log(rank)).ToArray();
        _weights = [.. raw.Select(weight => weight / raw.Sum())];
        _muEff = 1 / _weights.Sum(weight => weight * weight);
        _cSigma = (_muEff + 2) / (_n + _muEff + 5);
        _dSigma = 1 + 2 * Math.Max(0, Math.Sqrt((_muEff - 1) / (_n + 1)) - 1) + _cSigma;
        _cC = (4 + _muEff / _n) / (_n + 4 + 2 * _muEff / _n);
        _c1 = 2 / (Math.Pow(_n + 1.3, 2) + _muEff);
        _cMu = Math.Min(1 - _c1, 2 * (_muEff - 2 + 1 / _muEff) / (Math.Pow(_n + 2, 2) + _muEff));
        _chiN = Math.Sqrt(_n) * (1 - 1.0 / (4 * _n) + 1.0 / (21 * _n * _n));
        _mean = Vector<double>.Build.DenseOfArray(mean);
        (_pathSigma, _pathC) = (Vector<double>.Build.Dense(_n), Vector<double>.Build.Dense(_n));
        (_c, _axes) = (Matrix<double>.Build.DenseIdentity(_n), Matrix<double>.Build.DenseIdentity(_n));
        _lengths = Vector<double>.Build.Dense(_n, 1);
    }

    /// <summary>λ, points told at a time.</summary>
    public int Population { get; }

    /// <summary>σ.</summary>
    public double Deviation { get; private set; }

    /// <summary>The mean of what it draws.</summary>
    public double Mean(int coordinate) => _mean[coordinate];

    /// <summary>Its steps have become too small to lead anywhere.</summary>
    public bool HasConverged => Deviation * _lengths.Maximum() < SmallestDeviation || _lengths.Maximum() > 1e7 * _lengths.Minimum();

    /// <summary>m + σ·B·D·z (equation 5), drawn again where it leaves the cube, and in the end put back.</summary>
    public double[] Draw(ref CounterRandom random)
    {
        const int MostDraws = 20;
        for (var draw = 1; ; draw++)
        {
            var z = Vector<double>.Build.Dense(_n);
            for (var i = 0; i < _n; i++) z[i] = _lengths[i] * Normal.Draw(ref random);
            var x = _mean + Deviation * (_axes * z);
            if (draw == MostDraws || x.All(coordinate => coordinate is >= 0 and <= 1)) return [.. x.Select(coordinate => Math.Clamp(coordinate, 0, 1))];
        }
    }

    /// <summary>One generation.</summary>
    /// <param name="points">λ of them, best first; NaN for a coordinate that does not exist, which counts as the mean's.</param>
    public void Tell(IReadOnlyList<double[]> points)
    {
        _generation++;
        var steps = points.Take(_weights.Length).Select(Step).ToList();
        var step = Vector<double>.Build.Dense(_n);
        for (var i = 0; i < steps.Count; i++) step += _weights[i] * steps[i];
        _mean = (_mean + Deviation * step).PointwiseMaximum(0).PointwiseMinimum(1);

        // Step-size control, equations 43 and 44.
        _pathSigma = (1 - _cSigma) * _pathSigma + Math.Sqrt(_cSigma * (2 - _cSigma) * _muEff) * Whitened(step);
        var length = _pathSigma.L2Norm();
        Deviation = Math.Min(LargestDeviation, Deviation * Math.Exp(_cSigma / _dSigma * (length / _chiN - 1)));

        // Covariance matrix adaptation, equations 45 and 47.
        var isSteady = length / Math.Sqrt(1 - Math.Pow(1 - _cSigma, 2 * (_generation + 1))) < (1.4 + 2.0 / (_n + 1)) * _chiN;
        _pathC = (1 - _cC) * _pathC;
        if (isSteady) _pathC += Math.Sqrt(_cC * (2 - _cC) * _muEff) * step;
        var lost = isSteady ? 0 : _c1 * _cC * (2 - _cC);
        var next = (1 - _c1 - _cMu + lost) * _c + _c1 * _pathC.OuterProduct(_pathC);
        for (var i = 0; i < steps.Count; i++) next += _cMu * _weights[i] * steps[i].OuterProduct(steps[i]);
        _c = (next + next.Transpose()) / 2;
        var eigen = _c.Evd(Symmetricity.Symmetric);
        (_axes, _lengths) = (eigen.EigenVectors, eigen.EigenValues.Map(value => Math.Sqrt(Math.Max(value.Real, 1e-20))));
    }

    private Vector<double> Step(double[] point)
    {
        var step = Vector<double>.Build.Dense(_n, i => double.IsNaN(point[i]) ? 0 : (point[i] - _mean[i]) / Deviation);
        var longest = Math.Sqrt(_n) + 2.0 * _n / (_n + 2);
        var length = Whitened(step).L2Norm();
        return length > longest ? step * (longest / length) : step;
    }

    /// <summary>C^(−½)·v.</summary>
    private Vector<double> Whitened(Vector<double> v) => _axes * (_axes.TransposeThisAndMultiply(v).PointwiseDivide(_lengths));
}
