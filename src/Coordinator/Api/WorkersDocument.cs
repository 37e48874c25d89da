using Sweep.Coordinator.Views;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Api;

/// <summary>Who trains, and on what.</summary>
/// <param name="Gone">The newest of those that have left, newest first.</param>
public sealed record WorkersDocument(IReadOnlyList<WorkerDocument> Workers, IReadOnlyList<WorkerDocument> Gone, long Number)
{
    public static WorkersDocument Of(SweepBooks books)
    {
        var here = books.Workers.Here.Select(record => record.Worker).Concat(books.State.Running.Keys).Distinct();
        return new WorkersDocument(
            [.. here.Select(worker => WorkerDocument.Of(books, worker)).OrderBy(worker => worker.Worker, StringComparer.Ordinal)],
            [.. books.Workers.Gone.Select(record => WorkerDocument.Of(books, record))],
            books.Number);
    }
}

/// <param name="Worker">Its short name; <paramref name="Id"/> tells it from a worker of the same name before.</param>
/// <param name="Device">Null where this coordinator has not been told.</param>
/// <param name="Since">Null where it has held its trial since an earlier coordinator and was not heard of yet.</param>
/// <param name="Trial">That it trains; null where it is idle.</param>
/// <param name="EpochProgress">Share of that epoch that is done.</param>
/// <param name="Objective">Of the trial's newest epoch.</param>
public sealed record WorkerDocument(
    string Worker, string Id, DeviceDescription? Device, DateTimeOffset? Since, DateTimeOffset? LeftAt, string? Reason,
    int? Trial, string? Attempt, int? Epoch, int? Epochs, double? EpochProgress, double? ImagesPerSecond, double? Objective = null)
{
    internal static WorkerDocument Of(SweepBooks books, WorkerId worker)
    {
        var record = books.Workers.Find(worker) ?? new WorkerRecord(worker, null, default, null, null);
        var idle = Of(books, record);
        if (!books.State.Running.TryGetValue(worker, out var attempt)) return idle;
        var trial = books.State[attempt.Trial];
        var epoch = trial.Reports.Count + 1;
        return idle with
        {
            Trial = attempt.Trial.Number,
            Attempt = attempt.ToString(),
            Epoch = epoch,
            Epochs = trial.Configuration.Budget,
            EpochProgress = books.Workers.ProgressOf(attempt, epoch),
            ImagesPerSecond = trial.Reports.IsEmpty ? null : trial.Reports[^1].ImagesPerSecond,
            Objective = trial.Reports.IsEmpty ? null : EpochDocument.Finite(books.State.Definition.Objective.Of(trial.Reports[^1])),
        };
    }

    internal static WorkerDocument Of(SweepBooks _, WorkerRecord record) => new(
        record.Worker.ShortName, record.Worker.Value, record.Device, record.Since == default ? null : record.Since, record.LeftAt, record.Reason,
        null, null, null, null, null, null);
}
