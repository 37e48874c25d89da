using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sweep.Coordinator.Importances;
using Sweep.Coordinator.Objectives;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.Trials;
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepReports;

/// <summary>What the page's charts and tables are drawn from; rows are those of <c>leaderboard.json</c>, the best of them where there are very many.</summary>
/// <param name="TrialsTotal">With those that are left to <c>leaderboard.csv</c>.</param>
internal sealed record ReportData(
    ReportObjective Objective,
    int TrialsTotal,
    ImmutableArray<ReportParameter> Parameters,
    ImmutableArray<LeaderboardRow> Trials,
    ImmutableArray<ReportCurves> Curves,
    ImmutableArray<ParameterImportance> Importance,
    ImmutableArray<MarginalEffect> Effects,
    ImmutableArray<ReportFurtherObjective> FurtherObjectives,
    ImmutableArray<RungRow> Rungs,
    ImmutableArray<NetworkCopy> Copies,
    ImmutableArray<ReportSpan> Spans,
    ImmutableArray<int> Rivals)
{
    /// <summary>Numbers in all curves together: about two megabytes.</summary>
    private const int MostNumbers = 250_000;

    private const int LeastPoints = 12, MostPoints = 200, MostTrials = 2_000, MostSpans = 5_000;

    public static ReportData Of(SweepReport report)
    {
        var space = report.State.Definition.Space;
        var rows = report.Board.Rows.Length <= MostTrials ? report.Board.Rows : report.Board.Rows[..MostTrials];
        var trained = rows.Select(row => report.State[row.Trial]).Where(trial => !trial.Reports.IsEmpty).ToList();
        var points = Math.Clamp(MostNumbers / Math.Max(1, trained.Count * ReportCurves.Columns), LeastPoints, MostPoints);
        return new ReportData(
            new ReportObjective(report.Board.Sweep.Objective.Name, report.Board.Sweep.Objective.Maximizes ? "maximize" : "minimize"),
            report.Board.Rows.Length,
            [.. space.Parameters.Select(ReportParameter.Of)],
            rows,
            [.. trained.Select(trial => ReportCurves.Of(trial, report.Board.Sweep.Objective, points))],
            report.Importance,
            report.Effects,
            [.. report.Board.Sweep.FurtherObjectives.Select(further => new ReportFurtherObjective(further.Metric, further.Maximizes ? "maximize" : "minimize"))],
            report.Rungs,
            [.. NetworkCopy.In(report.State)],
            [.. report.Chronicle.Attempts.TakeLast(MostSpans).Select(attempt => ReportSpan.Of(attempt, report.Chronicle.StartedAt!.Value, report.State.Newest))],
            [.. report.Certainty.Rivals.Take(MostTrials)]);
    }

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.ReportData);
}

internal sealed record ReportObjective(string Metric, string Goal);

internal sealed record ReportFurtherObjective(TrialMetric Metric, string Goal);

/// <param name="Scale"><c>linear</c>, <c>log</c> or <c>choice</c>.</param>
/// <param name="Values">Of a choice.</param>
internal sealed record ReportParameter(string Name, string Scale, double? Min, double? Max, IReadOnlyList<HyperparameterValue>? Values)
{
    public static ReportParameter Of(Parameter parameter) => parameter.Domain switch
    {
        ChoiceDomain choice => new(parameter.Name, "choice", null, null, [.. choice.Values]),
        ContinuousDomain range => new(parameter.Name, Figures.SnakeCase(range.Scale), range.Min, range.Max, null),
        LatticeDomain lattice => new(parameter.Name, Figures.SnakeCase(lattice.Scale), lattice.Min, lattice.Max, null),
        var other => throw new ArgumentOutOfRangeException(nameof(parameter), other, "unknown domain"),
    };
}

/// <summary>A trial's curves in columns, of long ones some points; rounded as far as a chart shows.</summary>
internal sealed record ReportCurves(
    int Trial, IReadOnlyList<int> Epoch,
    IReadOnlyList<double?> TrainAccuracy, IReadOnlyList<double?> ValidationAccuracy, IReadOnlyList<double?> TestAccuracy,
    IReadOnlyList<double?> TrainLoss, IReadOnlyList<double?> ValidationLoss, IReadOnlyList<double?> TestLoss, IReadOnlyList<double?> LearningRate)
{
    /// <summary>What a trainer of one's own measured besides, by name; null for nothing.</summary>
    public Dictionary<string, IReadOnlyList<double?>>? Metrics { get; init; }

    public const int Columns = 8;

    private const int Digits = 4;

    public static ReportCurves Of(TrialState trial, Objective objective, int points)
    {
        int?[] kept = [TrialResult.BestEpoch(objective, trial.Reports)?.Epoch, trial.Verdict.OnsetEpoch];
        var count = trial.Reports.Count;
        var shown = Enumerable.Range(0, Math.Min(points, count)).Select(point => count <= points ? point : (int)((long)point * (count - 1) / (points - 1)))
            .Concat(kept.OfType<int>().Select(epoch => epoch - 1)).Where(index => index < count).Distinct().Order().Select(index => trial.Reports[index]).ToList();
        var own = shown.SelectMany(report => report.Metrics ?? default).Select(metric => metric.Name).Distinct().ToList();
        return new ReportCurves(
            trial.Id.Number, [.. shown.Select(report => report.Epoch)],
            Column(report => report.TrainAccuracy), Column(report => report.Validation?.Accuracy), Column(report => report.Test?.Accuracy),
            Column(report => report.TrainLoss), Column(report => report.Validation?.Loss), Column(report => report.Test?.Loss), Column(report => report.LearningRate))
        {
            Metrics = own.Count == 0 ? null : own.ToDictionary(name => name, name => Column(report => report.Metric(name))),
        };

        IReadOnlyList<double?> Column(Func<EpochReport, double?> value)
        {
            var column = shown.Select(report => Rounded(value(report))).ToList();
            return column.TrueForAll(number => number is null) ? [] : column;
        }
    }

    /// <summary>To significant digits, so that small losses and learning rates keep theirs.</summary>
    private static double? Rounded(double? value)
    {
        if (value is not { } number || !double.IsFinite(number)) return null;
        if (number == 0) return 0;
        var digits = Digits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(number)));
        return digits is >= 0 and <= 15 ? Math.Round(number, digits) : number;
    }
}

/// <summary>One attempt on its worker.</summary>
/// <param name="From">Seconds since the sweep began, as is <paramref name="To"/>.</param>
/// <param name="Kind">In the words of the chart: <c>trained</c>, <c>lost</c>, <c>failed</c> or <c>running</c>.</param>
internal sealed record ReportSpan(int Trial, int Attempt, string Worker, double From, double To, string Kind)
{
    /// <param name="newest">An attempt that has not ended has run until then.</param>
    public static ReportSpan Of(AttemptRecord attempt, DateTimeOffset start, DateTimeOffset newest)
    {
        var from = (attempt.StartedAt - start).TotalSeconds;
        return new ReportSpan(
            attempt.Attempt.Trial.Number, attempt.Attempt.Number, attempt.Worker.ShortName, Math.Round(from, 1), Math.Round(from + attempt.SecondsUntil(newest), 1), attempt.End switch
            {
                null => "running",
                { Fate: AttemptFate.Lost } => "lost",
                { Fate: AttemptFate.Failed } => "failed",
                _ => "trained",
            });
    }
}

/// <summary>Characters that HTML reads as markup are written as escapes, so that the text may stand in a page as it is.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, IgnoreReadOnlyProperties = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(SnakeCaseConverter<TrialMetric>), typeof(SnakeCaseConverter<RowOutcome>), typeof(SnakeCaseConverter<VerdictKind>), typeof(SnakeCaseConverter<RungFate>),
        typeof(TrialNumberConverter),
    ])]
[JsonSerializable(typeof(ReportData))]
[JsonSerializable(typeof(double))]
internal sealed partial class ReportJson : JsonSerializerContext;
