using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepReports;

/// <summary>Several runs side by side.</summary>
/// <param name="Runs">In the order given.</param>
/// <param name="Cautions">Why their results should not be compared as they are; empty where nothing stands against it.</param>
/// <param name="Differences">What the sweep files of the others say otherwise than the first one's.</param>
public sealed record RunComparison(ImmutableArray<ComparedRun> Runs, ImmutableArray<string> Cautions, ImmutableArray<FileDifferences> Differences)
{
    /// <param name="runs">At least two.</param>
    public static RunComparison Of(IReadOnlyList<StoredRun> runs)
    {
        var first = runs[0];
        var compared = runs.Select(run => ComparedRun.Of(run.Folder.Path, SweepReport.Of(run.State, run.Events, RunFacts.None))).ToImmutableArray();
        return new RunComparison(
            [.. compared.Zip(runs, (run, stored) => run with { CannotBeToldFromFirst = stored == first || CautionsOf(first, stored).Any() ? null : run.IsAsGoodAs(compared[0]) })],
            [.. runs.Skip(1).SelectMany(run => CautionsOf(first, run))],
            [
                .. runs.Skip(1).Where(run => first.State.SweepFile is not null && run.State.SweepFile is not null)
                    .Select(run => new FileDifferences(run.Folder.Path, [.. SweepFileDifference.Between(first.State.SweepFile!, run.State.SweepFile!).Select(difference => difference.ToString())])),
            ]);
    }

    public string ToJson() => JsonSerializer.Serialize(this, ComparisonJson.Default.RunComparison) + "\n";

    private static IEnumerable<string> CautionsOf(StoredRun first, StoredRun other)
    {
        var (one, two) = (first.State.Definition, other.State.Definition);
        if (one.Objective != two.Objective)
            yield return $"{other.Folder.Path} chooses by {two.Objective.Name} and {first.Folder.Path} by {one.Objective.Name}";
        var (images, others) = ((one.Base as NetworkConfiguration)?.Dataset, (two.Base as NetworkConfiguration)?.Dataset);
        if (one.Base.TrainerName != two.Base.TrainerName) yield return $"{other.Folder.Path} has another trainer";
        else if (images?.Name != others?.Name) yield return $"{other.Folder.Path} is of another data set";
        else if (images != others) yield return $"{other.Folder.Path} splits its data set otherwise";
        else if (one.Seed != two.Seed) yield return $"{other.Folder.Path} has another seed, and other validation images with it";
        if (other.State.Ending is null) yield return $"{other.Folder.Path} has not ended";
    }
}

/// <summary>One of the runs. Accuracies are fractions.</summary>
/// <param name="Objective">The winner's; null while there is none.</param>
/// <param name="ObjectiveInterval">Wilson's 95 % interval, where the objective is an accuracy.</param>
/// <param name="TestAccuracy">The winner's in the epoch that validation chose.</param>
/// <param name="EpochsToBest">Of the whole run, until the best epoch was recorded.</param>
/// <param name="CannotBeToldFromFirst">Null for the first run, and where a caution stands against the comparison.</param>
/// <param name="Best">Each time the best objective became better.</param>
public sealed record ComparedRun(
    string Run, string Name, string Search, string Scheduler, long Seed, int Trials, int Failed, string Metric, string Goal,
    int? WinningTrial, double? Objective, ProportionInterval? ObjectiveInterval, double? TestAccuracy, ProportionInterval? TestInterval,
    Hyperparameters? Hyperparameters, int Epochs, long EpochsSaved, int? EpochsToBest, double Seconds, double WorkerSeconds, bool Ended,
    bool? CannotBeToldFromFirst, ImmutableArray<BestPoint> Best)
{
    [JsonIgnore]
    internal Objective ChosenBy { get; private init; } = new(ObjectiveMetric.ValidationAccuracy);

    internal static ComparedRun Of(string folder, SweepReport report)
    {
        var (state, winner) = (report.State, report.Board.Winner);
        var objective = state.Definition.Objective;
        var best = BestPoint.Of(report.Chronicle);
        return new ComparedRun(
            folder, state.Definition.Name, Figures.SnakeCase(state.Definition.Search.Algorithm), Figures.SnakeCase(state.Definition.Scheduler.Kind), state.Definition.Seed,
            state.TrialCount, report.Board.Rows.Count(row => row.Outcome is RowOutcome.Failed or RowOutcome.Diverged or RowOutcome.OutOfMemory),
            objective.Name, objective.Maximizes ? "maximize" : "minimize",
            winner?.Trial.Number, winner?.Objective, report.Certainty.Objective, winner?.TestAccuracy, report.Certainty.Test, winner?.Hyperparameters,
            state.EpochsTotal, report.Compute.Saved, best is [.., var last] ? last.Epochs : null,
            Math.Round(report.Compute.Seconds, 1), Math.Round(report.Compute.WorkerSeconds, 1), state.Ending is not null, null, best)
        { ChosenBy = objective };
    }

    internal bool? IsAsGoodAs(ComparedRun other) =>
        ObjectiveInterval is { } own && other.ObjectiveInterval is { } others && Metric == other.Metric ? own.CannotBeToldFrom(others) : null;
}

/// <param name="Epochs">Of the whole run, until then.</param>
/// <param name="Seconds">Since the run began.</param>
public readonly record struct BestPoint(int Epochs, double Seconds, int Trial, double Objective)
{
    public static ImmutableArray<BestPoint> Of(SweepChronicle chronicle) =>
    [
        .. chronicle.Improvements.Select(better => new BestPoint(
            better.Epochs, Math.Round((better.At - chronicle.StartedAt!.Value).TotalSeconds, 1), better.Trial.Number, better.Objective)),
    ];
}

/// <param name="Keys"><c>limits.max_trials: 10 -> 20</c>.</param>
public sealed record FileDifferences(string Run, ImmutableArray<string> Keys);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n", IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(RunComparison))]
internal sealed partial class ComparisonJson : JsonSerializerContext;
