using System.Text;
using Sweep.Coordinator.Plans;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;
using Sweep.Shared.Models;

namespace Sweep.Coordinator.Reports;

/// <summary>A plan for people; plain text, since it is read in terminals and in files alike.</summary>
public static class PlanText
{
    private const int TrialsShown = 10;

    public static string Of(SweepPlan plan)
    {
        var text = new StringBuilder();
        var atMost = plan is { IsComplete: true, Replicates: null or { FinalTrials: 0 } } ? "" : "at most ";
        text.AppendLine($"{plan.Name}: {atMost}{plan.Trials:N0} trials by {Figures.Words(plan.Algorithm)} search, seed {plan.Seed}, {plan.EpochsTotal:N0} epochs at most");
        if (plan.Reason is { } reason) text.AppendLine($"auto chose {Figures.Words(plan.Algorithm)}: {reason}");
        if (plan.Replicates is { } replicates) text.AppendLine(Sentence(replicates));
        if (plan.Scheduler is { } scheduler) text.AppendLine(Sentence(scheduler));
        if (plan.Trainer is { } trainer) text.AppendLine(Sentence(trainer));
        if (plan.Dataset is { } data)
            text.AppendLine(
                $"{data.Name}: {data.TrainImages:N0} training, {data.ValidationImages:N0} validation and {data.TestImages:N0} test images of {data.Image}, {data.Classes} classes");
        if (!plan.Layouts.IsEmpty)
        {
            text.AppendLine();
            AppendTable(text, ["layout", "parameters", "multiply-adds", $"memory, batch {plan.Layouts[0].BatchSize}"], plan.Layouts.Select(Row), alignLeft: 1);
        }
        text.AppendLine();
        var names = plan.First.SelectMany(trial => trial.Hyperparameters).Select(entry => entry.Key).Distinct().ToList();
        var shown = plan.First.Take(TrialsShown).ToList();
        var header = plan.Replicates?.OfEach > 1 ? "first trial" : "trial";
        AppendTable(text, [header, .. names, "epochs"], shown.Select(trial => Row(trial, names)), alignLeft: 0);
        var rows = plan.Replicates?.Configurations ?? plan.Trials;
        if (rows > shown.Count) text.AppendLine($"… and {rows - shown.Count:N0} more");
        return text.ToString();
    }

    private static string Sentence(TrainerSettings trainer) => trainer.Command is { } command
        ? $"trained by: {string.Join(' ', command.Command)}"
        : $"trained by {trainer.Name}, which workers bring along";

    private static string Sentence(ReplicatePlan replicates)
    {
        var sentence = $"{replicates.Configurations:N0} configurations with {Plural(replicates.OfEach, "seed")} each";
        return replicates.FinalTrials == 0
            ? sentence
            : $"{sentence}, then {replicates.FinalTrials / replicates.FinalConfigurations:N0} more for each of the best {replicates.FinalConfigurations:N0}";
    }

    private static string Sentence(SchedulerPlan scheduler) => scheduler.Kind == SchedulerKind.Pbt
        ? $"pbt: after {string.Join(", ", scheduler.Rungs)} epochs the worst trials go on as one of the best; {scheduler.ExpectedEpochs:N0} epochs"
        : scheduler.RungSeconds is { } seconds
        ? $"{Figures.SnakeCase(scheduler.Kind)}: after {string.Join(", ", seconds)} s of training the best 1 in {scheduler.ReductionFactor} go on"
        : scheduler.ExpectedEpochs is not { } epochs
        ? $"{Figures.SnakeCase(scheduler.Kind)}: from {Plural(scheduler.MinEpochs, "epoch")} on, a trial worse than the median of the others stops"
        : $"{Figures.SnakeCase(scheduler.Kind)}: after {string.Join(", ", scheduler.Rungs)} epochs the best 1 in {scheduler.ReductionFactor} go on{Screen(scheduler)}; about {epochs:N0} epochs expected"
            + (scheduler.Reason is { } reason ? $" (chosen because {reason})" : "");

    private static string Screen(SchedulerPlan scheduler) => scheduler.Kind != SchedulerKind.Screening
        ? ""
        : $", among the first {Math.Pow(scheduler.ReductionFactor, scheduler.Rungs.Length):N0} trials, and those that begin before one was trained in full; later ones train in full";

    private static string Plural(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count:N0} {noun}s";

    private static string[] Row(LayoutPlan layout) =>
    [
        Describe(layout.Model),
        layout.Parameters.ToString("N0"),
        layout.MultiplyAdds.ToString("N0"),
        Figures.Memory(layout.MemoryBytes),
    ];

    private static string[] Row(TrialPlan trial, List<string> names) =>
    [
        trial.Trial.ToString(),
        .. names.Select(name => trial.Hyperparameters[name] is { } value ? Short(value) : "–"),
        trial.Epochs.ToString(),
    ];

    /// <summary>Four significant digits tell configurations apart; files have all of them.</summary>
    private static string Short(HyperparameterValue value) => value is HyperparameterValue.Number number ? number.Value.ToString("g4") : value.ToString()!;

    private static string Describe(ModelSettings model) => model.Family == ModelFamily.MnistCnn
        ? "mnist_cnn"
        : $"resnet {model.Blocks}, widths {model.Widths}, {Figures.Words(model.Block)} blocks, {Figures.Words(model.Shortcut)}";

    private static void AppendTable(StringBuilder text, string[] header, IEnumerable<string[]> body, int alignLeft)
    {
        string[][] rows = [header, .. body];
        var widths = header.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) => column < alignLeft ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            text.AppendLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
