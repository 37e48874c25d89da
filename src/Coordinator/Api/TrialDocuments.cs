using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator.Api;

/// <summary>Some of a sweep's trials.</summary>
/// <param name="Matching">How many trials the filters let pass, on this page or not.</param>
/// <param name="Trials">With the fields of <c>leaderboard.json</c>.</param>
/// <param name="Number">Of the newest event that is in this answer.</param>
public sealed record TrialPage(int Total, int Matching, int Offset, string Sort, IReadOnlyList<LeaderboardRow> Trials, long Number);

/// <summary>All about one trial but its epochs.</summary>
/// <param name="Trial">With the fields of <c>leaderboard.json</c>.</param>
/// <param name="Settings">All that it trains with, as <c>name=value</c>, those that have an effect.</param>
/// <param name="NotBefore">A trial that waits waits at least until then; null for not at all.</param>
public sealed record TrialDocument(
    LeaderboardRow Trial,
    ImmutableArray<string> Settings,
    string ConfigurationHash,
    long Seed,
    int Pauses,
    int FailedAttempts,
    DateTimeOffset? NotBefore,
    double? EpochProgress,
    IReadOnlyList<AttemptDocument> Attempts,
    IReadOnlyList<SweepWarning> Warnings,
    bool HasModel,
    long Number)
{
    public static TrialDocument Of(SweepView view, SweepBooks books, TrialId id)
    {
        var trial = books.State[id];
        var running = trial.IsRunning ? new AttemptId(view.Sweep, id, trial.AttemptNumber) : (AttemptId?)null;
        return new TrialDocument(
            books.Trials.Row(books.State, id),
            [.. trial.Configuration.CanonicalText().Split('\n', StringSplitOptions.RemoveEmptyEntries)],
            trial.ConfigurationHash, trial.Seed, trial.Pauses, trial.FailedAttempts, trial.IsWaiting ? trial.NotBefore : null,
            running is { } attempt ? books.Workers.ProgressOf(attempt, trial.Reports.Count + 1) : null,
            [.. books.Chronicle.AttemptsOf(id).Select(AttemptDocument.Of)],
            [.. books.Warnings.Newest.Where(warning => warning.Trial == id.Number)],
            File.Exists(AttemptFolder.BestModelOf(view.Folder.Path, id)),
            books.Number);
    }
}

/// <param name="Attempt"><c>3.2</c> is trial 3's second.</param>
/// <param name="FirstEpoch">Epochs of the trial that were recorded before.</param>
/// <param name="Epochs">That it added.</param>
/// <param name="Ending">The trial's outcome where it ended with it, else <c>paused</c>, <c>released</c>, <c>lost</c> or <c>failed</c>; null while it runs.</param>
public sealed record AttemptDocument(
    string Attempt, int Trial, string Worker, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, int FirstEpoch, int Epochs, string? Ending, string? Detail)
{
    public static AttemptDocument Of(AttemptRecord record) => new(
        record.Attempt.ToString(), record.Attempt.Trial.Number, record.Worker.ShortName, record.StartedAt, record.End?.At, record.FirstEpoch, record.Epochs,
        record.End is not { } end ? null : end.Outcome is { } outcome ? Figures.SnakeCase(outcome) : Figures.SnakeCase(end.Fate), record.End?.Detail);
}

/// <summary>A trial's curves. What was not measured, or is NaN or infinite, is null.</summary>
/// <param name="Total">Epochs recorded; fewer are shown where so many points were not asked for.</param>
/// <param name="OnsetEpoch">From which the trial overfits; null where it does not.</param>
/// <param name="BestEpoch">Which has the best objective.</param>
public sealed record EpochsDocument(int Trial, int Total, int? OnsetEpoch, int? BestEpoch, IReadOnlyList<EpochDocument> Epochs, long Number)
{
    /// <summary>The first epoch, the last, the best, the onset, and others in even steps.</summary>
    public static EpochsDocument Of(SweepBooks books, TrialId id, int points)
    {
        var trial = books.State[id];
        var best = TrialResult.BestEpoch(books.State.Definition.Objective, trial.Reports)?.Epoch;
        var count = trial.Reports.Count;
        var shown = Downsampling.Indexes(count, points).Concat(new[] { best, trial.Verdict.OnsetEpoch }.OfType<int>().Select(epoch => epoch - 1))
            .Where(index => index >= 0 && index < count).Distinct().Order();
        return new EpochsDocument(
            id.Number, count, trial.Verdict.OnsetEpoch, best, [.. shown.Select(index => EpochDocument.Of(trial.Reports[index]))], books.Number);
    }
}

public sealed record EpochDocument(
    int Epoch, double? TrainLoss, double? TrainAccuracy, double? ValidationLoss, double? ValidationAccuracy, double? TestLoss, double? TestAccuracy,
    double? Gap, double? LearningRate, double? Seconds, double? ImagesPerSecond, long? PeakMemoryBytes)
{
    public static EpochDocument Of(EpochReport report) => new(
        report.Epoch, Finite(report.TrainLoss), Finite(report.TrainAccuracy),
        Finite(report.Validation?.Loss), Finite(report.Validation?.Accuracy), Finite(report.Test?.Loss), Finite(report.Test?.Accuracy),
        Finite(report.Gap), Finite(report.LearningRate), Finite(report.Seconds), Finite(report.ImagesPerSecond), report.PeakMemoryBytes);

    internal static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}

/// <summary>The newest lines of the logs that tell of a trial, oldest first.</summary>
/// <param name="IsCut">There are older ones.</param>
public sealed record LogDocument(int Trial, bool IsCut, IReadOnlyList<LogLine> Lines);

/// <param name="Source">The file in the run folder.</param>
public sealed record LogLine(string Source, DateTimeOffset? At, string? Level, string Text);
