using System.Collections.Immutable;
using Sweep.Coordinator.Objectives;
using Sweep.Coordinator.SweepFiles.Yaml;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>The section <c>objectives</c>: a list, of which the first is what <c>objective</c> would say.</summary>
internal static class ObjectivesReader
{
    private static readonly string[] Keys = ["metric", "goal"];
    private static readonly SettingType.Name Goals = new(["maximize", "minimize"]);

    private static readonly NameTable<TrialMetric> Metrics = new(
        ("validation_accuracy", TrialMetric.ValidationAccuracy),
        ("validation_loss", TrialMetric.ValidationLoss),
        ("test_accuracy", TrialMetric.TestAccuracy),
        ("test_loss", TrialMetric.TestLoss),
        ("parameters", TrialMetric.Parameters),
        ("multiply_adds", TrialMetric.MultiplyAdds),
        ("epoch_seconds", TrialMetric.EpochSeconds),
        ("peak_memory_bytes", TrialMetric.PeakMemoryBytes));

    /// <summary>The first entry, as <c>objective</c> is read; null where there is no list, or a bad one.</summary>
    public static Section? First(Section file, ErrorList errors)
    {
        if (file.Entry("objectives") is not { } entry) return null;
        if (file.Entry("objective") is { } other) errors.Add(other.Mark, "objective: objectives are given too; keep one of them");
        if (Entries(entry) is [var first, ..])
        {
            var section = Open(first, errors);
            section.Require("metric", "objectives: the first chooses each trial's epoch, and has no `metric`; give validation_accuracy, say");
            return section;
        }
        errors.Add(entry.Mark, "objectives: give a list, such as [{metric: validation_accuracy}, {metric: parameters}]");
        return null;
    }

    /// <summary>The entries after the first.</summary>
    /// <param name="first">Read already.</param>
    /// <param name="isNetwork">The built-in trainer trains: of another one's models nothing is known but what it reports.</param>
    public static ValueArray<FurtherObjective> ReadFurther(Section file, Objective first, bool isNetwork, SearchSettings? search, ReplicateSettings replicates, ErrorList errors)
    {
        if (file.Entry("objectives") is not { } entry || Entries(entry) is not { Length: > 1 } entries) return [];
        var seen = new HashSet<TrialMetric>();
        if (Enum.TryParse<TrialMetric>(first.Metric.ToString(), out var same)) seen.Add(same);
        var further = new List<FurtherObjective>();
        foreach (var node in entries.Skip(1))
        {
            if (ReadOne(Open(node, errors), errors) is not { } objective) continue;
            if (objective.Metric is TrialMetric.ValidationAccuracy or TrialMetric.ValidationLoss) PolicyReader.RequireValidationImages(file, Metrics.NameOf(objective.Metric), errors);
            if (!isNetwork && objective.Metric is (TrialMetric.Parameters or TrialMetric.MultiplyAdds or TrialMetric.PeakMemoryBytes))
                errors.Add(node.Mark, $"objectives: {Metrics.NameOf(objective.Metric)} of what another trainer trains is not known; take epoch_seconds, or an accuracy that it reports");
            else if (seen.Add(objective.Metric)) further.Add(objective);
            else errors.Add(node.Mark, $"objectives: {Metrics.NameOf(objective.Metric)} is there twice; remove one");
        }
        if (further.Count == 0) return [];
        if (search?.Algorithm == SearchAlgorithm.CmaEs)
            errors.Add(entry.Mark, "objectives: cma_es searches by one objective; use gp, tpe or evolution, or give one");
        if (replicates != new ReplicateSettings())
            errors.Add(entry.Mark, "objectives: replicates are ranked by one objective; remove replicates, or give one objective");
        return further.ToValueArray();
    }

    private static FurtherObjective? ReadOne(Section section, ErrorList errors)
    {
        section.Require("metric", $"objectives: `metric` is missing; give {Metrics.Type.Expected}");
        if (section.Name("metric", Metrics.Type) is not { } name) return null;
        var objective = new FurtherObjective(Metrics.Of(name));
        var goal = objective.Maximizes ? "maximize" : "minimize";
        if (section.Name("goal", Goals) is { } given && given != goal)
            errors.Add(section.Node("goal")!.Mark, $"goal: {name} can only be {goal}d; write {goal}, or leave goal out");
        return objective;
    }

    private static Section Open(YamlNode node, ErrorList errors) => Section.Open("objectives", node, node.Mark, Keys, errors);

    private static ImmutableArray<YamlNode> Entries(YamlEntry entry) => entry.Value is YamlSequence sequence ? sequence.Items : [];
}
