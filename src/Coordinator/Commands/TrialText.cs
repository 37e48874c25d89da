using Spectre.Console;
using Sweep.Coordinator.Api;
using Sweep.Coordinator.Reports;
using Column = Sweep.Coordinator.Reports.ConsoleColumn<Sweep.Coordinator.Api.EpochDocument>;

namespace Sweep.Coordinator.Commands;

/// <summary>One trial for a terminal.</summary>
internal static class TrialText
{
    private static readonly Column
        Epoch = new("epoch", epoch => epoch.Epoch.ToString()),
        TrainLoss = new("train loss", epoch => Number(epoch.TrainLoss)),
        Train = new("train", epoch => Figures.Percent(epoch.TrainAccuracy)),
        Validation = new("validation", epoch => Figures.Percent(epoch.ValidationAccuracy)),
        Test = new("test", epoch => Figures.Percent(epoch.TestAccuracy)),
        Gap = new("gap", epoch => Figures.Points(epoch.Gap)),
        Rate = new("lr", epoch => epoch.LearningRate is { } rate ? $"{rate:G4}" : Figures.Absent),
        Time = new("time", epoch => epoch.Seconds is { } seconds ? Figures.Duration(seconds) : Figures.Absent);

    public static void Write(IAnsiConsole console, TrialDocument document, IReadOnlyList<EpochDocument> epochs)
    {
        var row = document.Trial;
        Line(console, $"trial {row.Trial}: {Figures.Words(row.Outcome)}{(row.Detail is { } detail ? $" ({detail})" : "")}", 0);
        Line(console, Figures.Compact(row.Hyperparameters), 2);
        Line(console, $"{Figures.Words(row.Verdict)}: {row.Evidence}", 2);
        foreach (var attempt in document.Attempts)
        {
            var end = attempt.EndedAt is null ? "running" : attempt.Ending!.Replace('_', ' ');
            Line(console, $"attempt {attempt.Attempt} on {attempt.Worker}: {LeaderboardSentences.Plural(attempt.Epochs, "epoch")}, {end}", 2);
        }
        if (epochs.Count == 0) return;
        var columns = ConsoleTable.Fitting(
            [Epoch, Validation, Test, Train, Gap, TrainLoss, Rate, Time], [Epoch, TrainLoss, Train, Validation, Test, Gap, Rate, Time], epochs, console.Profile.Width);
        console.Write(ConsoleTable.Of(columns, epochs, _ => Style.Plain));
    }

    private static string Number(double? value) => value?.ToString("0.####") ?? Figures.Absent;

    private static void Line(IAnsiConsole console, string text, int indent) => console.Write(new Padder(new Text(text.ReplaceLineEndings(" ")), new Padding(indent, 0, 0, 0)));
}
