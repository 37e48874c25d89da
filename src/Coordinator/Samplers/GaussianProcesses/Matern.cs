using System.Numerics.Tensors;

namespace Sweep.Coordinator.Samplers.GaussianProcesses;

/// <summary>
/// The Matérn kernel with ν = 5/2 (Rasmussen and Williams 2006, equation 4.17), of squared distances r²:
/// k = (1 + √5·r + 5/3·r²)·exp(−√5·r), and its slope dk/d(r²) = −5/6·(1 + √5·r)·exp(−√5·r).
/// </summary>
internal static class Matern
{
    /// <param name="squares">r²; afterwards, k.</param>
    /// <param name="slopes">Takes dk/d(r²).</param>
    public static void Evaluate(Span<double> squares, Span<double> slopes)
    {
        TensorPrimitives.Multiply(squares, 5, squares);
        TensorPrimitives.Sqrt(squares, slopes);
        Span<double> decay = new double[squares.Length];
        TensorPrimitives.Negate(slopes, decay);
        TensorPrimitives.Exp(decay, decay);
        TensorPrimitives.Add(slopes, 1, slopes);
        TensorPrimitives.Multiply(squares, 1.0 / 3, squares);
        TensorPrimitives.Add(squares, slopes, squares);
        TensorPrimitives.Multiply(squares, decay, squares);
        TensorPrimitives.Multiply(slopes, decay, slopes);
        TensorPrimitives.Multiply(slopes, -5.0 / 6, slopes);
    }
}
