using Sweep.Coordinator.Samplers;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Samplers;

public sealed class CmaEsTests
{
    /// <summary>Axes a thousand times as long as others: what a strategy without a covariance matrix takes a hundred times as long for.</summary>
    [Fact]
    public void It_learns_the_shape_of_a_long_ellipsoid()
    {
        var strategy = new CmaEs([0.5, 0.5, 0.5, 0.5, 0.5], 0.2, 8);
        var random = new CounterRandom(1);
        var best = double.PositiveInfinity;
        for (var generation = 0; generation < 350; generation++)
        {
            var points = Enumerable.Range(0, 8).Select(_ => strategy.Draw(ref random)).OrderBy(Ellipsoid).ToList();
            best = Math.Min(best, Ellipsoid(points[0]));
            strategy.Tell(points);
        }

        Assert.True(best < 1e-9, $"{best}");

        static double Ellipsoid(double[] x) => x.Select((coordinate, i) => Math.Pow(1e6, i / 4.0) * (coordinate - 0.3) * (coordinate - 0.3)).Sum();
    }
}
