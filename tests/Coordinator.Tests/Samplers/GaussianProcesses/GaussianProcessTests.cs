using MathNet.Numerics;
using MathNet.Numerics.Integration;
using MathNet.Numerics.LinearAlgebra;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.Samplers.GaussianProcesses;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Samplers.GaussianProcesses;

public sealed class GaussianProcessTests
{
    private static readonly KernelSpace Plane = new(new Axes(new SearchSpace(
        [new("learning_rate", new ContinuousDomain(0, 1)), new("momentum", new ContinuousDomain(0, 1))])));

    private static readonly KernelParameters Parameters = new([0.4, 0.7], 1e-7);

    [Fact]
    public void Results_are_believed_and_the_unknown_is_not()
    {
        var (points, targets) = Results();
        var process = new GaussianProcess(Plane, Parameters, points, targets, 1, new CounterRandom(1));
        Span<double> mean = stackalloc double[1];

        Assert.True(process.Predict(points[3], mean) < 0.01);
        Assert.Equal(targets[3], mean[0], 0.001);
        Assert.True(process.Predict([40, 40], mean) > 0.99 * Math.Sqrt(process.Variance));
        Assert.Equal(process.Mean, mean[0], 1e-6);
        Assert.Equal(targets.Min(), process.Incumbents[0], 0.001);
    }

    [Fact]
    public void Slopes_are_those_of_means_and_deviation()
    {
        var (points, targets) = Results();
        var process = new GaussianProcess(Plane, Parameters, [.. points, [0.3, 0.9], [0.1, 0.2]], targets, 2, new CounterRandom(1));
        double[] point = [0.45, 0.35];
        double[] weights = [0.3, -1.2];
        var gradient = new double[2];
        var means = new double[2];
        var deviation = process.Predict(point, means);
        process.Slopes(point, weights, deviation, slopeOfDeviation: 0.7, gradient);

        Assert.Equal(Differentiate.FirstPartialDerivative(x => Combined(x), point, 0), gradient[0], 1e-5);
        Assert.Equal(Differentiate.FirstPartialDerivative(x => Combined(x), point, 1), gradient[1], 1e-5);

        double Combined(double[] x)
        {
            var values = new double[2];
            var s = process.Predict(x, values);
            return 0.7 * s + weights[0] * values[0] + weights[1] * values[1];
        }
    }

    [Fact]
    public void Fantasies_of_what_runs_differ_there_and_agree_where_results_are()
    {
        var (points, targets) = Results();
        double[] pending = [0.95, 0.02];
        var process = new GaussianProcess(Plane, Parameters, [.. points, pending], targets, 16, new CounterRandom(1));
        var means = new double[16];

        Assert.True(process.Predict(pending, means) < 0.01, "what runs is no longer unknown");
        Assert.True(means.Max() - means.Min() > 0.01);
        process.Predict(points[0], means);
        Assert.True(means.Max() - means.Min() < 0.001);
    }

    [Fact]
    public void The_fit_finds_which_parameter_matters()
    {
        var random = new CounterRandom(5);
        var points = Enumerable.Range(0, 30).Select(_ => new[] { random.NextDouble(), random.NextDouble() }).ToList();
        var targets = points.Select(point => Math.Sin(8 * point[0])).ToArray();

        var (parameters, _) = new KernelFit(Plane, points, targets).Run(2, 60, new CounterRandom(1));

        Assert.True(parameters.Lengths[1] > 4 * parameters.Lengths[0], $"{parameters.Lengths[0]} and {parameters.Lengths[1]}");
        Assert.True(parameters.Noise < 0.01);
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(0.0)]
    [InlineData(-3.0)]
    [InlineData(-11.9)]
    [InlineData(-12.1)]
    public void Log_expected_improvement_is_the_logarithm_of_the_integral(double z)
    {
        const double Deviation = 0.5;
        var (value, byMean, byDeviation) = LogExpectedImprovement.Of(-z * Deviation, Deviation, incumbent: 0);

        // ∫ u·φ(z − u) du over u > 0, its exponent shifted so that nothing underflows.
        var shift = Math.Min(z, 0);
        var integral = GaussLegendreRule.Integrate(u => u * Math.Exp(-(z - u) * (z - u) / 2 + shift * shift / 2), 0, 12 + Math.Max(z, 0), 256);
        var expected = Math.Log(Deviation) + Math.Log(integral) - shift * shift / 2 - Math.Log(Math.Sqrt(2 * Math.PI));
        Assert.Equal(expected, value, 0.002);
        Assert.Equal(Differentiate.FirstDerivative(mean => LogExpectedImprovement.Of(mean, Deviation, 0).Value, -z * Deviation), byMean, 0.01 * Math.Abs(byMean));
        Assert.Equal(
            Differentiate.FirstDerivative(s => LogExpectedImprovement.Of(-z * Deviation, s, 0).Value, Deviation), byDeviation, 0.01 * Math.Abs(byDeviation));
    }

    [Fact]
    public void Far_below_the_incumbent_there_is_still_a_slope()
    {
        var (value, byMean, _) = LogExpectedImprovement.Of(mean: 1e6, deviation: 1, incumbent: 0);

        Assert.True(double.IsFinite(value));
        Assert.Equal(-1e6, byMean, 1);
    }

    [Fact]
    public void The_factor_solves_and_inverts_as_another_library_does()
    {
        const int Size = 12;
        var matrix = Matrix<double>.Build.Random(Size, Size, 3);
        matrix = matrix.TransposeThisAndMultiply(matrix) + Matrix<double>.Build.DenseIdentity(Size);
        var packed = Enumerable.Range(0, Size).SelectMany(row => Enumerable.Range(0, row + 1).Select(column => matrix[row, column])).ToArray();
        var factor = PackedCholesky.Of(packed, Size)!;
        var right = Vector<double>.Build.Random(Size, 4);

        var solved = right.ToArray();
        factor.SolveLower(solved);
        factor.SolveUpper(solved);

        Assert.All(matrix.Solve(right).ToArray().Zip(solved, (expected, own) => (expected, own)), pair => Assert.Equal(pair.expected, pair.own, 1e-9));
        Assert.Equal(Math.Log(matrix.Determinant()), factor.LogDeterminant, 1e-9);
        var (expected, inverse) = (matrix.Inverse(), factor.Inverse());
        for (var row = 0; row < Size; row++)
            for (var column = 0; column <= row; column++) Assert.Equal(expected[row, column], inverse[PackedCholesky.Start(row) + column], 1e-9);
        Assert.Null(PackedCholesky.Of([1, 1, 1], 2));
    }

    [Theory]
    [InlineData(2.0, 1.0, 1.0)]
    [InlineData(0.5, 0.5, 0.25)]
    public void The_minimizer_finds_the_lowest_point_of_a_curved_valley_in_its_box(double end, double x, double y)
    {
        var (found, value) = BoundedMinimizer.Minimize(Rosenbrock, [-1.2, 1], [-2, -2], [end, 2], evaluations: 300);

        Assert.Equal(x, found[0], 1e-3);
        Assert.Equal(y, found[1], 1e-3);
        Assert.Equal((1 - x) * (1 - x), value, 1e-4);

        static double Rosenbrock(double[] point, double[] gradient)
        {
            var (a, b) = (1 - point[0], point[1] - point[0] * point[0]);
            (gradient[0], gradient[1]) = (-2 * a - 400 * point[0] * b, 200 * b);
            return a * a + 100 * b * b;
        }
    }

    [Fact]
    public void A_transform_keeps_the_order_and_has_the_slopes_that_it_says()
    {
        double[] losses = [3, 1, 100, 2, 7, 50];
        foreach (var transform in OutputTransform.All)
        {
            var (targets, logJacobian) = transform.Of(losses);
            Assert.Equal(losses.Index().OrderBy(pair => pair.Item).Select(pair => pair.Index), targets.Index().OrderBy(pair => pair.Item).Select(pair => pair.Index));
            Assert.Equal(0, targets.Average(), 1e-9);
            Assert.True(double.IsFinite(logJacobian));
        }
    }

    private static (double[][] Points, double[] Targets) Results()
    {
        double[][] points = [[0.1, 0.1], [0.9, 0.2], [0.5, 0.5], [0.2, 0.8], [0.7, 0.9]];
        return (points, [.. points.Select(point => Math.Sin(5 * point[0]) + point[1] * point[1])]);
    }
}
