using System.Text.Json;
using Spectre.Console;
using Sweep.Coordinator.Reports;
using static Sweep.Coordinator.Commands.StatusText;

namespace Sweep.Coordinator.Commands;

/// <summary>Trials for a terminal.</summary>
internal static class TrialsText
{
    /// <summary>In the order of the table's columns.</summary>
    private static readonly string[] EpochFigures =
        ["epoch", "train_loss", "train_accuracy", "validation_accuracy", "test_accuracy", "gap", "learning_rate", "seconds"];

    public static void Write(JsonElement page)
    {
        var table = new Table().Border(TableBorder.None).AddColumns("#", "trial", "outcome", "objective", "test@val", "gap", "verdict", "epochs", "hyperparameters");
        foreach (var index in (int[])[0, 1, 3, 4, 5]) table.Columns[index].RightAligned();
        foreach (var row in page.GetProperty("trials").EnumerateArray())
        {
            table.AddRow(
                Number(row, "rank")?.ToString("0") ?? "", row.GetProperty("trial").ToString(), Words(Text(row, "outcome")!),
                Number(row, "objective")?.ToString("0.####") ?? Figures.Absent, Number(row, "test_accuracy")?.ToString("0.####") ?? Figures.Absent,
                Number(row, "gap")?.ToString("0.###") ?? Figures.Absent, Words(Text(row, "verdict")!),
                $"{row.GetProperty("epochs_trained")}/{row.GetProperty("epochs_allowed")}", Markup.Escape(Hyperparameters(row)));
        }
        AnsiConsole.Console.Write(table);
        Console.WriteLine($"{page.GetProperty("trials").GetArrayLength()} of {page.GetProperty("matching")} trials");
    }

    public static void WriteOne(JsonElement document, JsonElement epochs)
    {
        var row = document.GetProperty("trial");
        Console.WriteLine($"trial {row.GetProperty("trial")}: {Words(Text(row, "outcome")!)}{(Text(row, "detail") is { } detail ? $" ({detail})" : "")}");
        Console.WriteLine($"  {Hyperparameters(row)}");
        Console.WriteLine($"  {Words(Text(row, "verdict")!)}: {Text(row, "evidence")}");
        foreach (var attempt in document.GetProperty("attempts").EnumerateArray())
        {
            var end = Text(attempt, "ended_at") is not null ? Words(Text(attempt, "ending")!) : "running";
            Console.WriteLine($"  attempt {Text(attempt, "attempt")} on {Text(attempt, "worker")}: {attempt.GetProperty("epochs")} epochs, {end}");
        }
        var table = new Table().Border(TableBorder.None).AddColumns("epoch", "train loss", "train", "validation", "test", "gap", "lr", "time");
        foreach (var column in table.Columns) column.RightAligned();
        foreach (var epoch in epochs.GetProperty("epochs").EnumerateArray())
            table.AddRow([.. EpochFigures.Select(name => Number(epoch, name)?.ToString("0.####") ?? Figures.Absent)]);
        AnsiConsole.Console.Write(table);
    }
}
