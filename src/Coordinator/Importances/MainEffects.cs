using MathNet.Numerics.LinearAlgebra;

namespace Sweep.Coordinator.Importances;

/// <summary>
/// What each value of each parameter adds to a result, the others' contributions taken out: y = μ + Σ β(parameter, cell) + noise. That a sampler tried
/// good values together with other good values does not count twice, as it would in the means of cells. A parameter that some results do not have is
/// compared among those that do, so that what lets it exist keeps its own effect.
/// <para>
/// Bayesian linear regression (Bishop 2006, "Pattern recognition and machine learning", sections 3.3 and 3.5) with β ~ N(0, σ²/λ) and noise N(0, σ²); λ is
/// the one of highest evidence, so that parameters without effect are drawn to zero.
/// </para>
/// </summary>
internal sealed class MainEffects
{
    private const double Normal95 = 1.959963984540054;

    private static readonly double[] Precisions = [0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000];

    private readonly double[] _means;
    private readonly int[] _first;
    private readonly double[][] _shares;
    private readonly Vector<double> _effects;
    private readonly Matrix<double> _covariance;

    /// <param name="cells">Of each result, the index of its cell in each parameter; null where it does not have the parameter.</param>
    /// <param name="cellCounts">Of each parameter.</param>
    /// <param name="values">Of each result; finite, and at least two.</param>
    public MainEffects(IReadOnlyList<int?[]> cells, IReadOnlyList<int> cellCounts, IReadOnlyList<double> values)
    {
        _first = [.. cellCounts.Select((_, parameter) => cellCounts.Take(parameter).Sum())];
        _shares = [.. cellCounts.Select((count, parameter) => SharesOf(cells, parameter, count))];
        _means = [.. cellCounts.Select((_, parameter) => values.Where((_, result) => cells[result][parameter] is not null).DefaultIfEmpty(values[0]).Average())];
        var mean = values.Average();
        var design = Matrix<double>.Build.Dense(cells.Count, cellCounts.Sum());
        for (var result = 0; result < cells.Count; result++)
            for (var parameter = 0; parameter < cellCounts.Count; parameter++)
                if (cells[result][parameter] is { } own)
                    for (var cell = 0; cell < cellCounts[parameter]; cell++) design[result, _first[parameter] + cell] = (cell == own ? 1 : 0) - _shares[parameter][cell];
        var (products, targets) = (design.TransposeThisAndMultiply(design), design.TransposeThisAndMultiply(Vector<double>.Build.DenseOfEnumerable(values.Select(value => value - mean))));
        var squares = values.Sum(value => (value - mean) * (value - mean));
        (_effects, _covariance) = Precisions.Select(precision => Fit(products, targets, squares, values.Count, precision)).MaxBy(fit => fit.Evidence) is var best
            ? (best.Effects, best.Covariance)
            : default;
    }

    /// <summary>The result to be expected where a parameter has a cell's value and the others are as they were tried, with the interval that holds it with 95 %.</summary>
    public (double Mean, double Lower, double Upper) Of(int parameter, int cell)
    {
        var contrast = Vector<double>.Build.Dense(_effects.Count);
        for (var other = 0; other < _shares[parameter].Length; other++) contrast[_first[parameter] + other] = -_shares[parameter][other];
        contrast[_first[parameter] + cell] += 1;
        var (mean, deviation) = (_means[parameter] + contrast * _effects, Math.Sqrt(Math.Max(0, contrast * (_covariance * contrast))));
        return (mean, mean - Normal95 * deviation, mean + Normal95 * deviation);
    }

    /// <summary>Of the results that have the parameter.</summary>
    private static double[] SharesOf(IReadOnlyList<int?[]> cells, int parameter, int count)
    {
        var shares = new double[count];
        foreach (var own in cells)
            if (own[parameter] is { } cell) shares[cell]++;
        var sum = Math.Max(1, shares.Sum());
        return [.. shares.Select(share => share / sum)];
    }

    private static (double Evidence, Vector<double> Effects, Matrix<double> Covariance) Fit(
        Matrix<double> products, Vector<double> targets, double squares, int results, double precision)
    {
        var factor = (products + precision * Matrix<double>.Build.DenseIdentity(products.RowCount)).Cholesky();
        var effects = factor.Solve(targets);
        // Where everything is explained, or nothing varies, a variance of 0 would make the evidence infinite.
        var variance = Math.Max(squares - targets * effects, 1e-12 * squares + double.Epsilon) / results;
        var evidence = (products.RowCount * Math.Log(precision) - factor.DeterminantLn - results * Math.Log(variance)) / 2;
        return (evidence, effects, factor.Solve(variance * Matrix<double>.Build.DenseIdentity(products.RowCount)));
    }
}
