using ScottPlot;
using SkiaSharp;
using Sweep.Coordinator.Reports;

namespace Sweep.Bench.RealSweeps;

/// <summary>One data set's races, seed by seed.</summary>
internal sealed record Panel(RealSweep Sweep, List<Race> Random, List<Race> Asha);

/// <summary>The best objective so far over the epochs of a sweep: thin lines are seeds, thick ones their means.</summary>
internal static class Figure
{
    private const int Width = 560, Height = 380;

    private static readonly Color Random = Color.FromHex("#8a8a8a"), Asha = Color.FromHex("#d95f02");

    public static string Svg(IReadOnlyList<Panel> panels)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(new SKRect(0, 0, Width * panels.Count, Height), stream))
            foreach (var (index, panel) in panels.Index())
            {
                using var plot = Plot(panel);
                plot.Render(canvas, new PixelRect(index * Width, (index + 1) * Width, Height, 0));
            }
        // Each panel begins by clearing the canvas, which in SVG paints black over the panels before it.
        return System.Text.Encoding.UTF8.GetString(stream.ToArray())
            .Replace($"\t<rect width=\"{Width * panels.Count}\" height=\"{Height}\"/>\n", "", StringComparison.Ordinal);
    }

    private static Plot Plot(Panel panel)
    {
        var plot = new Plot();
        plot.Title(panel.Sweep.Title, 16);
        Add(plot, panel.Random, Random, Pair.Random);
        Add(plot, panel.Asha, Asha, Pair.AshaAndTpe);
        plot.XLabel("epochs of all trials together", 13);
        plot.YLabel($"best {Figures.Words(panel.Random[0].Objective.Metric)} so far", 13);
        plot.Axes.Bottom.Label.Bold = plot.Axes.Left.Label.Bold = false;
        plot.Axes.SetLimitsX(0, panel.Sweep.Epochs);
        plot.ShowLegend(panel.Random[0].Objective.Maximizes ? Alignment.LowerRight : Alignment.UpperRight);
        return plot;
    }

    private static void Add(Plot plot, IReadOnlyList<Race> races, Color colour, Pair pair)
    {
        foreach (var race in races) Line(plot, race.Best, colour.WithAlpha(0.4), 1);
        var epochs = races.Min(race => race.Best.Count);
        Line(plot, [.. Enumerable.Range(0, epochs).Select(epoch => races.Average(race => race.Best[epoch]))], colour, 3).LegendText = pair.ToString();
    }

    private static ScottPlot.Plottables.Scatter Line(Plot plot, IReadOnlyList<double> best, Color colour, float width)
    {
        var epochs = Enumerable.Range(1, best.Count).Select(epoch => (double)epoch).ToArray();
        var line = plot.Add.ScatterLine(epochs, best.ToArray(), colour);
        (line.LineWidth, line.ConnectStyle) = (width, ConnectStyle.StepHorizontal);
        return line;
    }
}
