using System.Collections.Immutable;
using Sweep.Coordinator.Importances;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.Trials;
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator.Api;

/// <summary>How the objective came along.</summary>
/// <param name="Best">Each epoch that was better than all before it.</param>
/// <param name="Trials">Trials that have ended, with their objective; of many, the best and the worst of every stretch of time.</param>
public sealed record ProgressDocument(DateTimeOffset? StartedAt, IReadOnlyList<ProgressPoint> Best, IReadOnlyList<ProgressPoint> Trials, long Number)
{
    public static ProgressDocument Of(AllTrials all, Course course, int points)
    {
        var start = course.StartedAt ?? all.State.Newest;
        var ends = course.Ends.Where(end => ObjectiveOf(end) is not null).ToList();
        var shown = Downsampling.Extremes(ends.Count, points, index => ObjectiveOf(ends[index])!.Value);
        return new ProgressDocument(
            course.StartedAt,
            [.. course.Improvements.Select(better => new ProgressPoint((better.At - start).TotalSeconds, better.Epochs, better.Trial.Number, better.Objective))],
            [.. shown.Select(index => ends[index]).Select(end => new ProgressPoint((end.At - start).TotalSeconds, end.Epochs, end.Trial.Number, ObjectiveOf(end)!.Value))],
            all.Number);

        double? ObjectiveOf(TrialEnd end) => all.Rows[end.Trial.Number - 1].Objective;
    }
}

/// <summary>How a sweep went, as <see cref="SweepChronicle"/> has it now.</summary>
public sealed record Course(DateTimeOffset? StartedAt, Improvement[] Improvements, TrialEnd[] Ends)
{
    public static Course Of(SweepChronicle chronicle) => new(chronicle.StartedAt, [.. chronicle.Improvements], [.. chronicle.Ends]);
}

/// <param name="Seconds">Since the sweep began.</param>
/// <param name="Epochs">Of the whole sweep, until then.</param>
public readonly record struct ProgressPoint(double Seconds, int Epochs, int Trial, double Objective);

/// <summary>Trials as lines across the hyperparameters: columns, and a row of values for each trial, of which a choice's are indexes of its values.</summary>
/// <param name="Total">Trials with an objective; of many, the best half of the points and an even choice of the rest are shown.</param>
public sealed record ParallelDocument(ImmutableArray<ParameterDocument> Columns, int Total, IReadOnlyList<ParallelRow> Rows, long Number)
{
    public static ParallelDocument Of(AllTrials all, int points)
    {
        var space = all.State.Definition.Space;
        var rows = Downsampling.BestFirst(all.Rows.Where(row => row.Objective is not null), all.State.Definition.Objective);
        return new ParallelDocument(
            [.. space.Parameters.Select(ParameterDocument.Of)], rows.Length,
            [.. Downsampling.BestAndEven(rows.Length, points, points / 2).Select(index => rows[index]).Select(row => new ParallelRow(
                row.Trial.Number, row.Outcome, row.Verdict, row.Objective!.Value, row.Gap,
                [.. space.Parameters.Select(parameter => CoordinateOf(parameter, row.Hyperparameters[parameter.Name]))]))],
            all.Number);
    }

    private static double? CoordinateOf(Parameter parameter, HyperparameterValue? value) => (parameter.Domain, value) switch
    {
        (_, null) => null,
        (ChoiceDomain choice, _) => choice.IndexOf(value),
        _ => value.AsDouble(),
    };
}

/// <param name="Values">One a column; null where the trial has no such hyperparameter.</param>
public sealed record ParallelRow(int Trial, RowOutcome Outcome, VerdictKind Verdict, double Objective, double? Gap, IReadOnlyList<double?> Values);

/// <summary>How much each hyperparameter has to do with a trial being among the best; empty while too few trials have ended.</summary>
public sealed record ImportanceDocument(string Method, IReadOnlyList<ParameterImportance> Parameters)
{
    public static ImportanceDocument Of(SweepState state) => new(
        "PED-ANOVA", ParameterImportance.Of(state.Definition.Space, Enumerable.Range(0, state.Observations.Count).Select(index => state.Observations[index])));
}

/// <summary>The objective by each hyperparameter alone: how trials fared whose value lies in a cell of its domain.</summary>
public sealed record EffectsDocument(ImmutableArray<MarginalEffect> Parameters, long Number)
{
    public static EffectsDocument Of(AllTrials all) => new(
        MarginalEffect.Of(
            all.State.Definition.Space, all.State.Definition.Objective,
            [.. all.Rows.Where(row => row.IsRankable).Select(row => (row.Hyperparameters, row.Objective!.Value))]),
        all.Number);
}

/// <summary>The gap between training and held-out accuracy against two hyperparameters.</summary>
/// <param name="Total">Trials that have a gap and both hyperparameters.</param>
/// <param name="Overfitting">How many of these overfit.</param>
/// <param name="Points">Of many trials a tenth of the points for the best, and an even choice of the rest.</param>
public sealed record OverfitMapDocument(ParameterDocument X, ParameterDocument? Y, int Total, int Overfitting, IReadOnlyList<OverfitPoint> Points, long Number)
{
    private const int BestShare = 10;

    public static OverfitMapDocument Of(AllTrials all, Parameter x, Parameter? y, int points)
    {
        var known = all.Rows.Where(row => row.Gap is not null && row.Hyperparameters[x.Name] is not null && (y is null || row.Hyperparameters[y.Name] is not null));
        var rows = Downsampling.BestFirst(known, all.State.Definition.Objective);
        return new OverfitMapDocument(
            ParameterDocument.Of(x), y is null ? null : ParameterDocument.Of(y), rows.Length, rows.Count(row => row.Verdict == VerdictKind.Overfitting),
            [.. Downsampling.BestAndEven(rows.Length, points, points / BestShare).Select(index => rows[index]).Select(row => new OverfitPoint(
                row.Trial.Number, row.Hyperparameters[x.Name]!, y is null ? null : row.Hyperparameters[y.Name], row.Gap!.Value, row.Verdict, row.Objective))],
            all.Number);
    }
}

public sealed record OverfitPoint(int Trial, HyperparameterValue X, HyperparameterValue? Y, double Gap, VerdictKind Verdict, double? Objective);

/// <summary>When which worker held which trial.</summary>
/// <param name="Total">Attempts in the time asked for; the newest of them are shown.</param>
public sealed record TimelineDocument(int Total, IReadOnlyList<AttemptDocument> Attempts, long Number)
{
    public static TimelineDocument Of(SweepBooks books, DateTimeOffset? from, DateTimeOffset? until, int limit)
    {
        var attempts = books.Chronicle.Attempts.AsEnumerable().Reverse()
            .Where(attempt => (until is null || attempt.StartedAt <= until) && (from is null || attempt.End is null || attempt.End.At >= from));
        var total = from is null && until is null ? books.Chronicle.Attempts.Count : attempts.Count();
        return new TimelineDocument(total, [.. attempts.Take(limit).Select(AttemptDocument.Of).Reverse()], books.Number);
    }
}

public sealed record WarningsDocument(IReadOnlyList<SweepWarning> Warnings, string? StoreProblem);
