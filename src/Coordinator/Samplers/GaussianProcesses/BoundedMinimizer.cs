using System.Numerics.Tensors;

namespace Sweep.Coordinator.Samplers.GaussianProcesses;

/// <summary>
/// Minimises a smooth function in a box by projected quasi-Newton steps: BFGS (Nocedal and Wright 2006, equation 6.17) over the coordinates that
/// no bound holds, a projected step with Armijo's condition (Bertsekas 1982), the matrix kept whole since there are few coordinates.
/// </summary>
internal static class BoundedMinimizer
{
    private const double SufficientDecrease = 1e-4;
    private const double SmallestDecrease = 1e-9;
    private const int MostHalvings = 12;

    /// <summary>Writes the gradient at <paramref name="x"/>, and returns the value; infinite where there is none.</summary>
    public delegate double Objective(double[] x, double[] gradient);

    /// <param name="start">Inside the box.</param>
    /// <returns>The best point, its value, and never one that is worse than the start.</returns>
    public static (double[] X, double Value) Minimize(Objective objective, double[] start, double[] lower, double[] upper, int evaluations)
    {
        var size = start.Length;
        var (x, gradient) = ((double[])start.Clone(), new double[size]);
        var value = objective(x, gradient);
        var inverse = Identity(size, 1 / Math.Max(1, TensorPrimitives.Norm<double>(gradient)));
        var isFresh = true;
        for (var used = 1; used < evaluations && double.IsFinite(value);)
        {
            var direction = Direction(inverse, x, gradient, lower, upper);
            var (next, nextGradient, nextValue) = (new double[size], new double[size], double.PositiveInfinity);
            var isFound = false;
            for (var (step, halvings) = (1.0, 0); halvings < MostHalvings && used < evaluations && !isFound; step /= 2, halvings++, used++)
            {
                for (var i = 0; i < size; i++) next[i] = Math.Clamp(x[i] + step * direction[i], lower[i], upper[i]);
                nextValue = objective(next, nextGradient);
                var slope = 0.0;
                for (var i = 0; i < size; i++) slope += gradient[i] * (next[i] - x[i]);
                isFound = nextValue <= value + SufficientDecrease * slope && slope < 0;
            }
            if (!isFound && isFresh) break;
            if (!isFound)
            {
                (inverse, isFresh) = (Identity(size, 1 / Math.Max(1, TensorPrimitives.Norm<double>(gradient))), true);
                continue;
            }
            var isDone = value - nextValue < SmallestDecrease * (1 + Math.Abs(value));
            Update(inverse, x, next, gradient, nextGradient);
            (x, gradient, value, isFresh) = (next, nextGradient, nextValue, false);
            if (isDone) break;
        }
        return (x, value);
    }

    /// <summary>−H·g over the free coordinates; the others stay.</summary>
    private static double[] Direction(double[][] inverse, double[] x, double[] gradient, double[] lower, double[] upper)
    {
        var free = (double[])gradient.Clone();
        for (var i = 0; i < x.Length; i++)
            if ((x[i] <= lower[i] && gradient[i] > 0) || (x[i] >= upper[i] && gradient[i] < 0)) free[i] = 0;
        var direction = new double[x.Length];
        for (var i = 0; i < x.Length; i++)
            if (free[i] != 0) direction[i] = -TensorPrimitives.Dot<double>(inverse[i], free);
        return direction;
    }

    private static void Update(double[][] inverse, double[] x, double[] next, double[] gradient, double[] nextGradient)
    {
        var size = x.Length;
        var (s, y) = (new double[size], new double[size]);
        TensorPrimitives.Subtract(next, x, s);
        TensorPrimitives.Subtract(nextGradient, gradient, y);
        var curvature = TensorPrimitives.Dot<double>(s, y);
        if (!(curvature > 1e-12 * TensorPrimitives.Norm<double>(s) * TensorPrimitives.Norm<double>(y))) return;
        var product = new double[size];
        for (var i = 0; i < size; i++) product[i] = TensorPrimitives.Dot<double>(inverse[i], y);
        var factor = (1 + TensorPrimitives.Dot<double>(y, product) / curvature) / curvature;
        for (var i = 0; i < size; i++)
            for (var j = 0; j < size; j++)
                inverse[i][j] += factor * s[i] * s[j] - (product[i] * s[j] + s[i] * product[j]) / curvature;
    }

    private static double[][] Identity(int size, double scale) =>
        [.. Enumerable.Range(0, size).Select(i => Enumerable.Range(0, size).Select(j => i == j ? scale : 0.0).ToArray())];
}
