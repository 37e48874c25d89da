using System.Collections.Immutable;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary><c>curves.png</c>: a trial's accuracies and losses over its epochs; a vertical line marks where overfitting began.</summary>
public static class CurvesPlot
{
    public const int Width = 900;
    public const int Height = 500;

    private const int TitleHeight = 70;
    private const int FirstWidth = 500;
    private const int LineCharacters = 125;
    private const int PointsWithMarkers = 30;

    /// <summary>The font that Linux images commonly have; where it is missing, the system's own serves.</summary>
    private const string FontName = "DejaVu Sans";

    private static readonly Color Train = Color.FromHex("#1f77b4");
    private static readonly Color Validation = Color.FromHex("#d95f02");
    private static readonly Color Test = Color.FromHex("#8a8a8a");
    private static readonly Color Onset = Color.FromHex("#c0182a");

    /// <summary>Writes a PNG of <see cref="Width"/> by <see cref="Height"/> pixels.</summary>
    /// <param name="trial">With at least one report.</param>
    public static void Write(Stream stream, TrialState trial)
    {
        using var surface = SKSurface.Create(new SKImageInfo(Width, Height));
        surface.Canvas.Clear(SKColors.White);
        DrawTitle(surface.Canvas, trial);
        var panels = Panels(trial).Take(2).ToList();
        using var first = panels[0];
        first.ShowLegend(Alignment.LowerRight);
        DrawPanel(surface.Canvas, first, 0, FirstWidth);
        using var second = panels.ElementAtOrDefault(1);
        second?.HideLegend();
        if (second is not null) DrawPanel(surface.Canvas, second, FirstWidth, Width);
        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        png.SaveTo(stream);
    }

    /// <summary>Accuracy and loss; where the trainer does not report them, metrics of its own in their place.</summary>
    private static IEnumerable<Plot> Panels(TrialState trial)
    {
        var own = trial.Reports.SelectMany(report => report.Metrics ?? default).Select(metric => metric.Name).Distinct().ToList();
        if (own.Count == 0 || Has(evaluation => evaluation?.Accuracy) || trial.Reports.Any(report => report.TrainAccuracy is not null))
            yield return Panel(trial, "accuracy, %", report => report.TrainAccuracy * 100, evaluation => evaluation?.Accuracy * 100);
        if (own.Count == 0 || Has(evaluation => evaluation?.Loss) || trial.Reports.Any(report => report.TrainLoss is not null))
            yield return Panel(trial, "loss", report => report.TrainLoss, evaluation => evaluation?.Loss);
        foreach (var name in own) yield return OwnPanel(trial, name);

        bool Has(Func<Evaluation?, double?> value) => trial.Reports.Any(report => (value(report.Validation) ?? value(report.Test)) is not null);
    }

    private static Plot OwnPanel(TrialState trial, string metric)
    {
        var plot = new Plot();
        AddCurve(plot, trial.Reports, metric, Validation, report => report.Metric(metric));
        return Framed(plot, metric);
    }

    private static Plot Panel(TrialState trial, string unit, Func<EpochReport, double?> train, Func<Evaluation?, double?> heldOut)
    {
        var plot = new Plot();
        AddCurve(plot, trial.Reports, "train", Train, train);
        AddCurve(plot, trial.Reports, "test", Test, report => heldOut(report.Test));
        AddCurve(plot, trial.Reports, "validation", Validation, report => heldOut(report.Validation));
        if (trial.Verdict is { Kind: VerdictKind.Overfitting, OnsetEpoch: { } onset })
            plot.Add.VerticalLine(onset, 1.5f, Onset, LinePattern.Dashed).LegendText = $"overfits from {onset}";
        return Framed(plot, unit);
    }

    private static Plot Framed(Plot plot, string unit)
    {
        plot.XLabel("epoch", 14);
        plot.YLabel(unit, 14);
        plot.Axes.Bottom.Label.Bold = plot.Axes.Left.Label.Bold = false;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.OutlineColor = Colors.LightGray;
        plot.Font.Set(FontName);
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true };
        return plot;
    }

    /// <summary>A plot clears the whole canvas before it draws; the clip keeps what stands beside it.</summary>
    private static void DrawPanel(SKCanvas canvas, Plot plot, int left, int right)
    {
        canvas.Save();
        canvas.ClipRect(new SKRect(left, TitleHeight, right, Height));
        plot.Render(canvas, new PixelRect(left, right, Height, TitleHeight));
        canvas.Restore();
    }

    /// <summary>Epochs without a finite value leave no point.</summary>
    private static void AddCurve(Plot plot, IReadOnlyList<EpochReport> reports, string name, Color color, Func<EpochReport, double?> value)
    {
        Coordinates[] points =
            [.. reports.Select(report => new Coordinates(report.Epoch, value(report) ?? double.NaN)).Where(point => double.IsFinite(point.Y))];
        if (points.Length == 0) return;
        var curve = plot.Add.Scatter(points, color);
        curve.LegendText = name;
        curve.LineWidth = 2;
        curve.MarkerSize = points.Length <= PointsWithMarkers ? 5 : 0;
    }

    private static void DrawTitle(SKCanvas canvas, TrialState trial)
    {
        using var paint = Paint.NewDisposablePaint();
        var outcome = trial.Outcome is { } ended ? $": {Figures.Words(ended)}" : "";
        var hyperparameters = Wrapped(Figures.Compact(trial.Hyperparameters));
        new LabelStyle { Text = $"Trial {trial.Id}{outcome}", FontName = FontName, FontSize = 18 }.Render(canvas, new Pixel(14, 10), paint);
        new LabelStyle { Text = hyperparameters, FontName = FontName, FontSize = 12 }.Render(canvas, new Pixel(14, 36), paint);
    }

    /// <summary>At most two lines, broken between hyperparameters; the picture has no room for a third.</summary>
    private static string Wrapped(string text)
    {
        if (text.Length <= LineCharacters) return text;
        var end = text.LastIndexOf(' ', LineCharacters);
        var (first, second) = end < 0 ? (text[..LineCharacters], text[LineCharacters..]) : (text[..end], text[(end + 1)..]);
        return $"{first}\n{(second.Length <= LineCharacters ? second : second[..(LineCharacters - 1)] + "…")}";
    }
}
