using System.Collections.Immutable;
using Sweep.Coordinator.Importances;
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
    public static ProgressDocument Of(SweepBooks books, int points)
    {
        var (state, start) = (books.State, books.Chronicle.StartedAt ?? books.State.Newest);
        var rows = books.Trials.Rows(state);
        var ends = books.Chronicle.Ends.Where(end => rows[end.Trial.Number - 1].Objective is not null).ToList();
        var shown = Downsampling.Extremes(ends.Count, points, index => rows[ends[index].Trial.Number - 1].Objective!.Value);
        return new ProgressDocument(
            books.Chronicle.StartedAt,
            [.. books.Chronicle.Improvements.Select(better => new ProgressPoint((better.At - start).TotalSeconds, better.Epochs, better.Trial.Number, better.Objective))],
            [.. shown.Select(index => ends[index]).Select(end =>
                new ProgressPoint((end.At - start).TotalSeconds, end.Epochs, end.Trial.Number, rows[end.Trial.Number - 1].Objective!.Value))],
            books.Number);
    }
}

/// <param name="Seconds">Since the sweep began.</param>
/// <param name="Epochs">Of the whole sweep, until then.</param>
public readonly record struct ProgressPoint(double Seconds, int Epochs, int Trial, double Objective);

/// <summary>Trials as lines across the hyperparameters: columns, and a row of values for each trial, of which a choice's are indexes of its values.</summary>
/// <param name="Total">Trials with an objective; of many, the best half of the points and an even choice of the rest are shown.</param>
public sealed record ParallelDocument(ImmutableArray<ParameterDocument> Columns, int Total, IReadOnlyList<ParallelRow> Rows, long Number)
{
    public static ParallelDocument Of(SweepBooks books, int points)
    {
        var (state, space) = (books.State, books.State.Definition.Space);
        var objective = TrialColumn.Find("objective", state.Definition)!;
        var rows = books.Trials.Sorted(state, objective, state.Definition.Objective.Maximizes).TakeWhile(row => row.Objective is not null).ToList();
        var shown = rows.Count <= points ? rows : [.. rows.Take(points / 2), .. Downsampling.Indexes(rows.Count - points / 2, points - points / 2).Select(index => rows[points / 2 + index])];
        return new ParallelDocument(
            [.. space.Parameters.Select(ParameterDocument.Of)], rows.Count,
            [.. shown.Select(row => new ParallelRow(
                row.Trial.Number, row.Outcome, row.Verdict, row.Objective!.Value, row.Gap,
                [.. space.Parameters.Select(parameter => CoordinateOf(parameter, row.Hyperparameters[parameter.Name]))]))],
            books.Number);
    }

    private static double? CoordinateOf(Parameter parameter, HyperparameterValue? value) => (parameter.Domain, value) switch
    {
        (_, null) => null,
        (ChoiceDomain choice, _) => choice.IndexOf(value),
        _ => value.AsDouble(),
    };
}

/// <param name="Values">One a column; null where the trial has no such hyperparameter.</param>
public sealed record ParallelRow(int Trial, RowOutcome Outcome, Overfitting.VerdictKind Verdict, double Objective, double? Gap, IReadOnlyList<double?> Values);

/// <summary>How much each hyperparameter has to do with a trial being among the best; empty while too few trials have ended.</summary>
public sealed record ImportanceDocument(string Method, IReadOnlyList<ParameterImportance> Parameters)
{
    public static ImportanceDocument Of(SweepState state) => new(
        "PED-ANOVA", ParameterImportance.Of(state.Definition.Space, Enumerable.Range(0, state.Observations.Count).Select(index => state.Observations[index])));
}

/// <summary>The objective by each hyperparameter alone: how trials fared whose value lies in a cell of its domain.</summary>
public sealed record EffectsDocument(IReadOnlyList<EffectDocument> Parameters, long Number)
{
    private const int Cells = 12;

    public static EffectsDocument Of(SweepBooks books)
    {
        var objective = books.State.Definition.Objective;
        var rows = books.Trials.Rows(books.State).Where(row => row.IsRankable).ToList();
        return new EffectsDocument([.. books.State.Definition.Space.Parameters.Select(parameter => EffectOf(parameter, rows, objective))], books.Number);
    }

    private static EffectDocument EffectOf(Parameter parameter, List<LeaderboardRow> rows, Objective objective)
    {
        var cells = parameter.Domain is ChoiceDomain choice ? (int)choice.Count!.Value : (int)Math.Min(Cells, parameter.Domain.Count ?? Cells);
        var groups = rows.Where(row => row.Hyperparameters[parameter.Name] is not null)
            .GroupBy(row => CellOf(parameter.Domain, row.Hyperparameters[parameter.Name]!, cells), row => row.Objective!.Value)
            .OrderBy(group => group.Key)
            .Select(group => CellDocument.Of(parameter.Domain, group.Key, cells, [.. group], objective));
        return new EffectDocument(parameter.Name, [.. groups]);
    }

    private static int CellOf(ParameterDomain domain, HyperparameterValue value, int cells) =>
        domain is ChoiceDomain choice ? choice.IndexOf(value) : Math.Clamp((int)(domain.ToUnit(value) * cells), 0, cells - 1);
}

public sealed record EffectDocument(string Name, IReadOnlyList<CellDocument> Cells);

/// <param name="Low">The cell's ends; of a choice both are its value.</param>
/// <param name="Mean">With the others, of the objective.</param>
public sealed record CellDocument(HyperparameterValue Low, HyperparameterValue High, int Trials, double Mean, double Median, double Best, double Worst)
{
    internal static CellDocument Of(ParameterDomain domain, int cell, int cells, double[] values, Objective objective)
    {
        Array.Sort(values);
        var (best, worst) = objective.Maximizes ? (values[^1], values[0]) : (values[0], values[^1]);
        var median = (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
        return domain is ChoiceDomain choice
            ? new(choice.At(cell), choice.At(cell), values.Length, values.Average(), median, best, worst)
            : new(domain.FromUnit((double)cell / cells), domain.FromUnit((cell + 1.0) / cells), values.Length, values.Average(), median, best, worst);
    }
}

/// <summary>The gap between training and held-out accuracy against two hyperparameters.</summary>
/// <param name="Points">Of many trials an even choice.</param>
public sealed record OverfitMapDocument(ParameterDocument X, ParameterDocument? Y, int Total, IReadOnlyList<OverfitPoint> Points, long Number)
{
    public static OverfitMapDocument Of(SweepBooks books, Parameter x, Parameter? y, int points)
    {
        var rows = books.Trials.Rows(books.State)
            .Where(row => row.Gap is not null && row.Hyperparameters[x.Name] is not null && (y is null || row.Hyperparameters[y.Name] is not null)).ToList();
        return new OverfitMapDocument(
            ParameterDocument.Of(x), y is null ? null : ParameterDocument.Of(y), rows.Count,
            [.. Downsampling.Indexes(rows.Count, points).Select(index => rows[index]).Select(row => new OverfitPoint(
                row.Trial.Number, row.Hyperparameters[x.Name]!, y is null ? null : row.Hyperparameters[y.Name], row.Gap!.Value, row.Verdict, row.Objective))],
            books.Number);
    }
}

public sealed record OverfitPoint(int Trial, HyperparameterValue X, HyperparameterValue? Y, double Gap, Overfitting.VerdictKind Verdict, double? Objective);

/// <summary>When which worker held which trial.</summary>
/// <param name="Total">Attempts in the time asked for; the newest of them are shown.</param>
public sealed record TimelineDocument(int Total, IReadOnlyList<AttemptDocument> Attempts, long Number)
{
    public static TimelineDocument Of(SweepBooks books, DateTimeOffset? from, DateTimeOffset? until, int limit)
    {
        var attempts = books.Chronicle.Attempts.AsEnumerable().Reverse()
            .Where(attempt => (until is null || attempt.StartedAt <= until) && (from is null || attempt.EndedAt is null || attempt.EndedAt >= from));
        var total = from is null && until is null ? books.Chronicle.Attempts.Count : attempts.Count();
        return new TimelineDocument(total, [.. attempts.Take(limit).Select(AttemptDocument.Of).Reverse()], books.Number);
    }
}

public sealed record WarningsDocument(IReadOnlyList<SweepWarning> Warnings, string? StoreProblem);
