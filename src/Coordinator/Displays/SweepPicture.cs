using Spectre.Console;
using Sweep.Coordinator.Api;
using Sweep.Coordinator.Reports;

namespace Sweep.Coordinator.Displays;

/// <summary>A running sweep as lines, none wider and together not higher than there is room. Pure.</summary>
public static class SweepPicture
{
    private const int MostWidth = 120;

    private static readonly Style Dim = new(decoration: Decoration.Dim), Bold = new(decoration: Decoration.Bold), Warning = new(Color.Yellow);

    /// <param name="isUnicode">Else the terminal shows ASCII alone.</param>
    /// <param name="isAlone">No other sweep shares the workers.</param>
    public static IReadOnlyList<PictureLine> Of(SweepGlance glance, int width, int height, bool isUnicode = true, bool isAlone = true)
    {
        width = Math.Min(width, MostWidth);
        var (sweep, workers) = (glance.Sweep, WorkersPicture.Of(glance, isAlone));
        var leaders = Math.Min(SweepGlance.MostLeaders, sweep.TrialsTotal ?? SweepGlance.MostLeaders);
        var heights = PictureHeights.Of(height, leaders, workers.Count, sweep.Warnings.Length);
        var lines = new List<PictureLine> { FirstLine(sweep, width, isUnicode), TrialsLine(sweep, width), TimeLine(sweep, width) };
        if (heights.Leaders > 0) Add(LeadersPicture.Lines(glance, heights.Leaders, width, isUnicode), heights.Leaders);
        if (heights.Workers > 0) Add(WorkersPicture.Lines(glance, workers, heights.Workers, width, isUnicode), heights.Workers);
        if (heights.Warnings > 0) AddSpaced(sweep.Warnings.Take(heights.Warnings).Select(warning => WarningLine(warning.Text, glance.At - warning.At)));
        return [.. lines.Select(line => line.Fit(width)).Take(height)];

        // Rows that are not there yet have their room already.
        void Add(IEnumerable<PictureLine> table, int rows)
        {
            var all = table.ToList();
            while (all.Count < rows + 1) all.Add(PictureLine.Empty);
            AddSpaced(heights.HasHeaders ? all : all.Skip(1));
        }

        void AddSpaced(IEnumerable<PictureLine> part)
        {
            if (heights.IsSpaced) lines.Add(PictureLine.Empty);
            lines.AddRange(part);
        }
    }

    private static PictureLine FirstLine(SweepDocument sweep, int width, bool isUnicode)
    {
        var name = PictureLine.Of(sweep.Name, Bold).Fit(Math.Max(1, width / 3));
        if (sweep.TrialsTotal is not { } total) return name;
        var share = total > 0 ? Math.Min(1, sweep.Trials.Finished / (double)total) : 0;
        var percent = $" {share * 100:0} %";
        var barWidth = width - name.Width - 1 - percent.Length;
        if (barWidth < 1) return name.With(percent);
        var (bar, done) = (Bar.Of(share, barWidth, isUnicode), Bar.Done(share, barWidth));
        return name.With(" ").With(bar[..done], new Style(Color.Green)).With(bar[done..], Dim).With(percent);
    }

    private static PictureLine TrialsLine(SweepDocument sweep, int width)
    {
        var (finished, underWay, outcomes) = (ProgressSentences.Finished(sweep), ProgressSentences.UnderWay(sweep.Trials), ProgressSentences.Outcomes(sweep.Trials));
        var line = PictureLine.Of($"{finished}, {underWay}");
        var whole = outcomes.Length == 0 ? line : line.With($" ({outcomes})", Dim);
        PictureLine[] wordings = [whole, line, PictureLine.Of($"{finished}, {sweep.Trials.Running} running")];
        return wordings.FirstOrDefault(wording => wording.Width <= width) ?? PictureLine.Of(finished);
    }

    /// <summary>As much as fits of what was trained, how fast, and what is left; and before all, why nothing goes on.</summary>
    private static PictureLine TimeLine(SweepDocument sweep, int width)
    {
        var still = sweep.Activity switch
        {
            SweepActivity.Paused => "paused; ",
            SweepActivity.WaitingForStore => "waiting for the store; ",
            SweepActivity.Ended => "ended; ",
            _ => "",
        };
        var left = sweep.TimeLeft is { } time ? ProgressSentences.Left(time) : null;
        var spent = Figures.Duration(Math.Floor(sweep.RunningSeconds));
        var rate = ProgressSentences.Rate(sweep.EpochsPerSecond);
        string[] wordings =
        [
            $"{LeaderboardSentences.Plural(sweep.Epochs, "epoch")}{Then(rate)}; {spent} so far{Then(left)}",
            $"{LeaderboardSentences.Plural(sweep.Epochs, "epoch")}; {spent}{Then(left)}",
            left ?? spent,
        ];
        var wording = wordings.FirstOrDefault(wording => still.Length + wording.Length <= width) ?? wordings[^1];
        return PictureLine.Of(still, Warning).With(wording);

        static string Then(string? words) => words is null ? "" : $", {words}";
    }

    private static PictureLine WarningLine(string text, TimeSpan age) => PictureLine.Of($"! {text}", Warning).With($" ({ProgressSentences.Ago(age)})", Dim);
}
