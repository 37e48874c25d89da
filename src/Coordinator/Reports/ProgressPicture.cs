using Spectre.Console;
using Spectre.Console.Rendering;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary>A running sweep as lines with bars, none wider than the console and together less high.</summary>
public static class ProgressPicture
{
    private const int MostTrialBarWidth = 20;
    private const int MostWidth = 120;

    /// <summary>The sweep's bar, its state, the count of trials without a line, and the line on which the cursor rests.</summary>
    private const int OtherLines = 4;

    /// <param name="sweeps">That share the console's height.</param>
    public static Rows Of(SweepFacts sweep, SweepProgress progress, Profile console, int sweeps = 1)
    {
        var width = Math.Min(console.Width, MostWidth) - 1;
        var shown = Math.Max(0, console.Height / sweeps - OtherLines);
        var state = Line(ProgressSentences.State(sweep.Objective, progress), width);
        var lines = new List<IRenderable> { SweepLine(sweep, progress, width, console), state };
        lines.AddRange(progress.Running.OrderBy(trial => trial.Trial).Take(shown).Select(trial => TrialLine(sweep, trial, width, console)));
        if (progress.Running.Count > shown) lines.Add(Line($"… and {progress.Running.Count - shown} more running", width));
        return new Rows(lines);
    }

    private static Paragraph SweepLine(SweepFacts sweep, SweepProgress progress, int width, Profile console)
    {
        var line = new Paragraph { Overflow = Overflow.Crop };
        var name = Cut(sweep.Name, width / 3);
        line.Append(name, new Style(decoration: Decoration.Bold));
        if (progress.Total is not { } total) return line;
        var percent = $" {Share(progress.Finished, total) * 100:0} %";
        line.Append(" ");
        AppendBar(line, Share(progress.Finished, total), width - name.Length - 1 - percent.Length, Color.Green, console);
        return line.Append(percent);
    }

    private static Paragraph TrialLine(SweepFacts sweep, RunningTrial trial, int width, Profile console)
    {
        var line = new Paragraph { Overflow = Overflow.Crop };
        var name = $"trial {trial.Trial,3} ";
        var barWidth = Math.Min(MostTrialBarWidth, width / 3);
        line.Append(name);
        AppendBar(line, Share(trial.Epoch - 1 + trial.EpochProgress, trial.Epochs), barWidth, Color.Blue, console);
        var facts = $"  epoch {trial.Epoch}/{trial.Epochs}".PadRight(16) + $" {Figures.Value(sweep.Objective, trial.Objective),8}  {trial.Worker}";
        return line.Append(Cut(facts, width - name.Length - barWidth));
    }

    private static void AppendBar(Paragraph line, double share, int width, Color color, Profile console)
    {
        var (done, open) = console.Capabilities.Unicode ? ('━', '─') : ('#', '-');
        var filled = (int)Math.Round(share * width);
        line.Append(new string(done, filled), new Style(color)).Append(new string(open, width - filled), new Style(Color.Grey));
    }

    private static double Share(double part, double whole) => whole > 0 ? Math.Clamp(part / whole, 0, 1) : 0;

    private static Paragraph Line(string text, int width) => new(Cut(text, width));

    private static string Cut(string text, int width) => text.Length <= width ? text : text[..Math.Max(0, width - 1)] + "…";
}
