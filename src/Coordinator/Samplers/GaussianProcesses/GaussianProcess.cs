using System.Numerics.Tensors;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers.GaussianProcesses;

/// <summary>
/// A Gaussian process with given kernel parameters, conditioned on results, and on fantasies of what runs: values drawn, jointly, from what
/// it believes of the pending points (Snoek et al. 2012, section 3.2). Each fantasy has a mean function of its own; all share the variance.
/// </summary>
internal sealed class GaussianProcess
{
    private readonly KernelSpace _space;
    private readonly double[] _weights;
    private readonly double[][] _columns;
    private readonly double[][][] _tables;
    private readonly PackedCholesky _factor;
    private readonly double[][] _alphas;
    private readonly double[] _kernel, _slopes, _solved;

    /// <param name="targets">One for each of the first points; those after them are pending.</param>
    /// <param name="fantasies">At least 1; 1 where nothing is pending.</param>
    public GaussianProcess(
        KernelSpace space, KernelParameters parameters, IReadOnlyList<double[]> points, double[] targets, int fantasies, CounterRandom random)
    {
        _space = space;
        Size = points.Count;
        _weights = [.. parameters.Lengths.Select(length => 1 / (length * length))];
        _columns = [.. space.Dimensions.Select(dimension => points.Select(dimension.Coordinate).ToArray())];
        _tables = [.. space.Dimensions.Select((dimension, d) => Rows(dimension, _columns[d], _weights[d]))];
        (_kernel, _slopes, _solved) = (new double[Size], new double[Size], new double[Size]);
        (_factor, var noise) = Factorise(points, parameters.Noise);

        // With L⁻¹(y − m) = (L₁⁻¹(y₁ − m), z) for the results y₁ and standard normal z, y is a draw of all values given the results.
        (Mean, Variance, var whitened) = KernelFit.Whiten(_factor, targets);
        (_alphas, Incumbents) = (new double[fantasies][], new double[fantasies]);
        for (var fantasy = 0; fantasy < fantasies; fantasy++)
        {
            var residuals = new double[Size];
            whitened.CopyTo(residuals, 0);
            for (var i = targets.Length; i < Size; i++) residuals[i] = Math.Sqrt(Variance) * Normal.Draw(ref random);
            var values = _factor.Multiply(residuals);
            _factor.SolveUpper(residuals);
            _alphas[fantasy] = residuals;
            // What the process believes of the points themselves: y − λα, without their noise.
            TensorPrimitives.MultiplyAdd(residuals, -noise, values, values);
            Incumbents[fantasy] = Mean + TensorPrimitives.Min<double>(values);
        }
    }

    public int Size { get; }

    public double Mean { get; }

    /// <summary>σ², of the signal.</summary>
    public double Variance { get; }

    public int Fantasies => _alphas.Length;

    /// <summary>In each fantasy, the lowest of what is believed of the points, pending ones included.</summary>
    public double[] Incumbents { get; }

    /// <summary>The means in each fantasy, and the deviation, at a point; and what <see cref="Slopes"/> needs.</summary>
    /// <returns>The standard deviation of the noiseless value.</returns>
    public double Predict(double[] point, Span<double> means)
    {
        Array.Clear(_kernel);
        for (var d = 0; d < _columns.Length; d++)
        {
            var coordinate = _space.Dimensions[d].Coordinate(point);
            if (_tables[d].Length > 0)
            {
                TensorPrimitives.Add(_kernel, _tables[d][(int)coordinate], _kernel);
                continue;
            }
            TensorPrimitives.Subtract(_columns[d], coordinate, _solved);
            TensorPrimitives.Multiply(_solved, _solved, _solved);
            TensorPrimitives.MultiplyAdd(_solved, _weights[d], _kernel, _kernel);
        }
        Matern.Evaluate(_kernel, _slopes);
        for (var fantasy = 0; fantasy < _alphas.Length; fantasy++) means[fantasy] = Mean + TensorPrimitives.Dot<double>(_kernel, _alphas[fantasy]);
        _kernel.CopyTo(_solved, 0);
        _factor.SolveLower(_solved);
        return Math.Sqrt(Variance * Math.Max(1e-14, 1 - TensorPrimitives.SumOfSquares<double>(_solved)));
    }

    /// <summary>At the point that was predicted last: how means and deviation change with each numeric dimension's coordinate.</summary>
    /// <param name="slope">Of the acquisition, by each fantasy's mean.</param>
    /// <param name="deviation">As predicted.</param>
    /// <param name="slopeOfDeviation">Of the acquisition, by the deviation.</param>
    /// <param name="gradient">Takes the acquisition's gradient, by axis.</param>
    public void Slopes(double[] point, ReadOnlySpan<double> slope, double deviation, double slopeOfDeviation, Span<double> gradient)
    {
        _factor.SolveUpper(_solved);
        // ∂s/∂k = −σ²K⁻¹k / s
        var combined = new double[Size];
        TensorPrimitives.Multiply(_solved, -slopeOfDeviation * Variance / deviation, combined);
        for (var fantasy = 0; fantasy < _alphas.Length; fantasy++) TensorPrimitives.MultiplyAdd(_alphas[fantasy], slope[fantasy], combined, combined);
        TensorPrimitives.Multiply(combined, _slopes, combined);
        var total = TensorPrimitives.Sum<double>(combined);
        gradient.Clear();
        for (var d = 0; d < _columns.Length; d++)
        {
            var dimension = _space.Dimensions[d];
            if (!dimension.IsNumeric) continue;
            // ∂r²/∂x = 2w(x − xᵢ)
            gradient[dimension.Axis] += 2 * _weights[d] * (dimension.Coordinate(point) * total - TensorPrimitives.Dot<double>(_columns[d], combined));
        }
    }

    private static double[][] Rows(KernelDimension dimension, double[] column, double weight) => dimension.Table is not { } table
        ? []
        : [.. table.Select(row => column.Select(coordinate => weight * row[(int)coordinate]).ToArray())];

    /// <summary>With more noise where the matrix is not positive definite as it is: points may lie closer together than when the noise was fitted.</summary>
    private (PackedCholesky Factor, double Noise) Factorise(IReadOnlyList<double[]> points, double noise)
    {
        var kernel = new double[PackedCholesky.Length(Size)];
        for (var row = 0; row < Size; row++)
        {
            var own = kernel.AsSpan(PackedCholesky.Start(row), row + 1);
            for (var d = 0; d < _columns.Length; d++)
                for (var column = 0; column < row; column++)
                    own[column] += _weights[d] * _space.Dimensions[d].SquaredDistance(_columns[d][row], _columns[d][column]);
        }
        Matern.Evaluate(kernel, new double[kernel.Length]);
        for (var more = noise; ; more *= 10)
        {
            for (var row = 0; row < Size; row++) kernel[PackedCholesky.Start(row) + row] = 1 + more;
            if (PackedCholesky.Of(kernel, Size) is { } factor) return (factor, more);
        }
    }
}
