using System.Numerics.Tensors;

namespace Sweep.Coordinator.Samplers.GaussianProcesses;

/// <summary>
/// The Cholesky factor L of a symmetric positive definite matrix, K = L·Lᵀ. Matrices are packed: the lower triangle row by row, so that every
/// loop below runs over memory in order (MathNet's managed factorisation took twenty times as long at 200 rows).
/// </summary>
internal sealed class PackedCholesky
{
    private readonly double[] _factor;

    private PackedCholesky(double[] factor, int size) => (_factor, Size) = (factor, size);

    public int Size { get; }

    public double LogDeterminant
    {
        get
        {
            var sum = 0.0;
            for (var row = 0; row < Size; row++) sum += Math.Log(_factor[Start(row) + row]);
            return 2 * sum;
        }
    }

    public static int Length(int size) => size * (size + 1) / 2;

    public static int Start(int row) => row * (row + 1) / 2;

    /// <summary>Null where the matrix is not positive definite, as far as numbers tell.</summary>
    public static PackedCholesky? Of(ReadOnlySpan<double> matrix, int size)
    {
        const double LeastPivot = 1e-12;
        var factor = matrix[..Length(size)].ToArray();
        for (var row = 0; row < size; row++)
        {
            var own = factor.AsSpan(Start(row), row + 1);
            for (var column = 0; column < row; column++)
            {
                var other = factor.AsSpan(Start(column), column + 1);
                own[column] = (own[column] - TensorPrimitives.Dot(own[..column], other[..column])) / other[column];
            }
            var pivot = own[row] - TensorPrimitives.SumOfSquares(own[..row]);
            if (!(pivot > LeastPivot)) return null;
            own[row] = Math.Sqrt(pivot);
        }
        return new PackedCholesky(factor, size);
    }

    /// <summary>L⁻¹·b, in place; of the first rows alone where b is shorter.</summary>
    public void SolveLower(Span<double> b)
    {
        for (var row = 0; row < b.Length; row++)
        {
            var own = Row(row);
            b[row] = (b[row] - TensorPrimitives.Dot(own[..row], b[..row])) / own[row];
        }
    }

    /// <summary>L⁻ᵀ·b, in place.</summary>
    public void SolveUpper(Span<double> b)
    {
        for (var row = Size - 1; row >= 0; row--)
        {
            var own = Row(row);
            b[row] /= own[row];
            TensorPrimitives.MultiplyAdd(own[..row], -b[row], b[..row], b[..row]);
        }
    }

    /// <summary>L·b.</summary>
    public double[] Multiply(ReadOnlySpan<double> b)
    {
        var product = new double[Size];
        for (var row = 0; row < Size; row++) product[row] = TensorPrimitives.Dot(Row(row), b[..(row + 1)]);
        return product;
    }

    /// <summary>K⁻¹ = L⁻ᵀ·L⁻¹, packed.</summary>
    public double[] Inverse()
    {
        var lower = new double[Length(Size)];
        var inverse = new double[Length(Size)];
        for (var row = 0; row < Size; row++)
        {
            var own = lower.AsSpan(Start(row), row + 1);
            var factor = Row(row);
            for (var k = 0; k < row; k++)
                TensorPrimitives.MultiplyAdd(lower.AsSpan(Start(k), k + 1), -factor[k], own[..(k + 1)], own[..(k + 1)]);
            own[row] = 1;
            TensorPrimitives.Divide(own, factor[row], own);
            for (var i = 0; i <= row; i++)
            {
                var target = inverse.AsSpan(Start(i), i + 1);
                TensorPrimitives.MultiplyAdd(own[..(i + 1)], own[i], target, target);
            }
        }
        return inverse;
    }

    private ReadOnlySpan<double> Row(int row) => _factor.AsSpan(Start(row), row + 1);
}
