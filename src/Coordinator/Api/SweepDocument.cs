using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Coordinator.Views;
using Sweep.Shared;
using Sweep.Shared.Datasets;

namespace Sweep.Coordinator.Api;

/// <summary>What a sweep is doing.</summary>
public enum SweepActivity { Running, Paused, WaitingForStore, Ended }

/// <summary>A sweep at a glance.</summary>
/// <param name="Sweep">Its identifier: in every address where it stands, the name does too if no other sweep here has it.</param>
/// <param name="Question">What the sweep file's description asks.</param>
/// <param name="Ending">Null while it goes on.</param>
/// <param name="TrialsTotal">Null where nobody knows.</param>
/// <param name="TimeLeft">Null where it cannot be told.</param>
/// <param name="Notice">Set where test images choose the winner.</param>
/// <param name="Number">Of the newest event that is in this answer.</param>
public sealed record SweepDocument(
    string Sweep,
    string Name,
    string? Question,
    string? Dataset,
    long Seed,
    SweepActivity Activity,
    SweepEnding? Ending,
    TrialCounts Trials,
    int? TrialsTotal,
    int Epochs,
    double EpochsPerSecond,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    double RunningSeconds,
    double WorkerSeconds,
    TimeLeft? TimeLeft,
    LeaderboardRow? Best,
    ObjectiveFacts Objective,
    SchedulerFacts Scheduler,
    SearchFacts Search,
    LimitFacts Limits,
    ImmutableArray<ParameterDocument> Parameters,
    int Workers,
    ImmutableArray<SweepWarning> Warnings,
    string? Notice,
    string? Program,
    string RunFolder,
    bool TakesOrders,
    long Number)
{
    private const int NewestWarnings = 10;

    public static SweepDocument Of(SweepView view, SweepBooks books, DateTimeOffset now)
    {
        var (state, sweep) = (books.State, books.State.Definition);
        var end = state.Ending is null && view.IsAtWork ? now : state.Newest;
        return new SweepDocument(
            view.Sweep.Value, sweep.Name, sweep.Description, SweepFacts.Of(sweep).DatasetName, sweep.Seed,
            ActivityOf(books), state.Ending, TrialCounts.Of(books), state.Ending is null ? books.TotalTrials : state.TrialCount,
            state.EpochsTotal, state.Ending is null ? Math.Round(books.Rate.At(now), 3) : 0,
            books.Chronicle.StartedAt, state.Ending is null ? null : state.Newest,
            Math.Round(state.RunningFor(end).TotalSeconds, 1), Math.Round(state.WorkersHeldFor(end).TotalSeconds, 1),
            TimeLeft.Of(state, books.Costs, books.TotalTrials, now),
            books.Trials.Best(state),
            ObjectiveFacts.Of(sweep.Objective),
            new SchedulerFacts(sweep.Scheduler.Kind, sweep.Scheduler.MinEpochs, sweep.Scheduler.ReductionFactor, sweep.MaxEpochs),
            new SearchFacts(sweep.Search.Algorithm, sweep.Search.Trials, sweep.Search.Reason),
            LimitFacts.Of(sweep.Limits),
            [.. sweep.Space.Parameters.Select(ParameterDocument.Of)],
            books.Workers.Here.Count,
            [.. books.Warnings.Newest.Take(NewestWarnings)],
            sweep.Objective.ChoosesByTestImages ? Leaderboard.TestImagesNotice(sweep.Objective) : null,
            state.Program, Path.GetFullPath(view.Folder.Path), view.IsAtWork, books.Number);
    }

    private static SweepActivity ActivityOf(SweepBooks books) => books switch
    {
        { State.Ending: not null } => SweepActivity.Ended,
        { State.IsPaused: true } => SweepActivity.Paused,
        { StoreProblem: not null } => SweepActivity.WaitingForStore,
        _ => SweepActivity.Running,
    };
}

/// <summary>How many trials are in which state.</summary>
/// <param name="Created">All of them.</param>
/// <param name="Finished">Those with an outcome.</param>
public sealed record TrialCounts(
    int Created, int Finished, int Running, int Waiting, int Paused, int Completed, int Stopped, int Overfit, int Diverged, int OutOfMemory, int Failed, int Cancelled)
{
    public static TrialCounts Of(SweepBooks books) => new(
        books.State.TrialCount, books.State.FinishedCount, books.State.Running.Count, books.State.Waiting.Count, books.State.Paused.Count,
        books.Count(TrialOutcome.Completed), books.Count(TrialOutcome.Stopped), books.Count(TrialOutcome.Overfit), books.Count(TrialOutcome.Diverged),
        books.Count(TrialOutcome.OutOfMemory), books.Count(TrialOutcome.Failed), books.Count(TrialOutcome.Cancelled));
}

/// <param name="Goal"><c>maximize</c> or <c>minimize</c>.</param>
public sealed record ObjectiveFacts(string Metric, string Goal)
{
    public static ObjectiveFacts Of(Objective objective) => new(objective.Name, objective.Maximizes ? "maximize" : "minimize");

    public Objective ToObjective()
    {
        var known = Enum.GetValues<ObjectiveMetric>().Where(metric => metric != ObjectiveMetric.Custom).Select(metric => new Objective(metric));
        return known.FirstOrDefault(objective => objective.Name == Metric) ?? new Objective(ObjectiveMetric.Custom, Metric, Goal == "maximize");
    }
}

public sealed record SchedulerFacts(SchedulerKind Kind, int MinEpochs, int ReductionFactor, int MaxEpochs);

public sealed record SearchFacts(SearchAlgorithm Algorithm, int? Trials, string? Reason);

public sealed record LimitFacts(
    int? MaxParallelTrials, double? MaxDurationSeconds, int? MaxEpochsTotal, int? MaxTrials, double? MaxGpuHours, double? Target, int? PatienceTrials)
{
    public static LimitFacts Of(SweepLimits limits) => new(
        limits.MaxParallelTrials, limits.MaxDuration?.TotalSeconds, limits.MaxEpochsTotal, limits.MaxTrials, limits.MaxGpuHours, limits.Target, limits.PatienceTrials);
}

public enum ParameterKind { Choice, Number, Integer }

/// <summary>A searched setting and what it may be.</summary>
/// <param name="Values">Of a choice.</param>
/// <param name="Min">Of a range.</param>
/// <param name="Scale">Null for a choice.</param>
/// <param name="When">The parameters, with their values, under which it exists; empty for everywhere.</param>
public sealed record ParameterDocument(
    string Name,
    ParameterKind Kind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<HyperparameterValue>? Values,
    double? Min,
    double? Max,
    double? Step,
    Scale? Scale,
    IReadOnlyDictionary<string, IReadOnlyList<HyperparameterValue>> When)
{
    public static ParameterDocument Of(Parameter parameter)
    {
        var when = parameter.When.GroupBy(condition => condition.Parameter)
            .ToDictionary(group => group.Key, group => (IReadOnlyList<HyperparameterValue>)[.. group.SelectMany(condition => condition.Values)]);
        return parameter.Domain switch
        {
            ChoiceDomain choice => new(parameter.Name, ParameterKind.Choice, [.. choice.Values], null, null, null, null, when),
            ContinuousDomain range => new(parameter.Name, ParameterKind.Number, null, range.Min, range.Max, null, range.Scale, when),
            LatticeDomain lattice => new(
                parameter.Name, lattice.At(0) is HyperparameterValue.Integer ? ParameterKind.Integer : ParameterKind.Number,
                null, lattice.Min, lattice.Max, lattice.Step, lattice.Scale, when),
            var other => throw new ArgumentOutOfRangeException(nameof(parameter), other, "unknown domain"),
        };
    }
}

public sealed record SweepList(IReadOnlyList<SweepDocument> Sweeps);
