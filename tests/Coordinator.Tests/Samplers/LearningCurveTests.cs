using Sweep.Coordinator.Samplers;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Samplers;

public sealed class LearningCurveTests
{
    [Fact]
    public void A_level_is_nearer_to_the_curve_than_its_last_and_its_best_report()
    {
        var (level, last, best) = (0.0, 0.0, 0.0);
        for (var seed = 0; seed < 50; seed++)
        {
            var curve = Noisy(Smooth, seed);
            level += Math.Abs(LearningCurve.LevelAt(curve, 81) - Smooth(81));
            last += Math.Abs(curve[80] - Smooth(81));
            best += Math.Abs(curve.Min() - Smooth(81));
        }

        Assert.True(level < 0.6 * last && level < 0.6 * best, $"off by {level} in all, the last by {last}, the best by {best}");
    }

    [Fact]
    public void A_step_is_not_smoothed_away()
    {
        var curve = Noisy(epoch => epoch <= 60 ? 0.30 : 0.20, seed: 1);

        Assert.Equal(0.20, LearningCurve.LevelAt(curve, 81), 0.01);
        Assert.Equal(0.30, LearningCurve.LevelAt(curve, 60), 0.01);
    }

    [Fact]
    public void A_report_alone_is_the_level() => Assert.Equal(0.7, LearningCurve.LevelAt([0.7], 1));

    private static double Smooth(int epoch) => 0.1 + 0.5 * Math.Pow(epoch, -0.4);

    private static double[] Noisy(Func<int, double> curve, int seed)
    {
        var random = new CounterRandom(seed);
        return [.. Enumerable.Range(1, 81).Select(epoch => curve(epoch) + 0.004 * Normal.Draw(ref random))];
    }
}
