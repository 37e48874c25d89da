namespace Sweep.Coordinator.Samplers;

/// <summary>
/// Where a noisy curve stands after an epoch: the end of a straight line over the logarithm of epochs, fitted to the last of them (local linear
/// regression, Cleveland 1979). The stretch is the longest, of the last two thirds, a third, a sixth …, in which a line is as good as noise allows, so that
/// a sudden step of the learning rate is not smoothed away.
/// </summary>
internal static class LearningCurve
{
    /// <summary>A line is refused where what it leaves is so many times the noise's variance.</summary>
    private const double Misfit = 2;

    private const int ShortestLine = 4;

    /// <param name="reported">Of epochs 1, 2, 3 …; finite.</param>
    /// <param name="epoch">At least 1.</param>
    public static double LevelAt(ReadOnlySpan<double> reported, int epoch)
    {
        var tolerated = Misfit * NoiseVariance(reported[..epoch]);
        for (var count = epoch - (epoch + 2) / 3 + 1; count >= ShortestLine; count /= 2)
        {
            var line = Line(reported[(epoch - count)..epoch], epoch - count + 1);
            if (line.Residual <= tolerated) return line.End;
        }
        return reported[epoch - 1];
    }

    private static (double End, double Residual) Line(ReadOnlySpan<double> values, int first)
    {
        var count = values.Length;
        var (x, y) = (0.0, 0.0);
        for (var i = 0; i < count; i++) (x, y) = (x + Math.Log(first + i), y + values[i]);
        (x, y) = (x / count, y / count);
        var (xx, xy, yy) = (0.0, 0.0, 0.0);
        for (var i = 0; i < count; i++)
        {
            var (dx, dy) = (Math.Log(first + i) - x, values[i] - y);
            (xx, xy, yy) = (xx + dx * dx, xy + dx * dy, yy + dy * dy);
        }
        var end = Math.Log(first + count - 1) - x;
        return (y + end * xy / xx, Math.Max(0, yy - xy * xy / xx) / (count - 2));
    }

    /// <summary>By how successive reports differ, robustly: a line's slope and a step hardly count.</summary>
    private static double NoiseVariance(ReadOnlySpan<double> reported)
    {
        if (reported.Length < 3) return 0;
        // y₁ − 2y₂ + y₃ has six times the variance of y.
        var second = new double[reported.Length - 2];
        for (var i = 0; i < second.Length; i++) second[i] = Math.Abs(reported[i] - 2 * reported[i + 1] + reported[i + 2]);
        Array.Sort(second);
        var deviation = 1.4826 * second[second.Length / 2];
        return deviation * deviation / 6;
    }
}
