using System.Collections.Immutable;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepReports;

/// <summary>How an attempt ended.</summary>
public enum AttemptFate { Trained, Paused, Released, Lost, Failed, Running }

/// <summary>One attempt on its worker, as the events tell it.</summary>
/// <param name="From">Seconds since the sweep began, as is <paramref name="To"/>.</param>
/// <param name="Failure">Null where it did not fail.</param>
public sealed record AttemptSpan(AttemptId Attempt, WorkerId Worker, double From, double To, AttemptFate Fate, FailureClass? Failure = null, string? Detail = null)
{
    /// <summary>Every attempt, in the order in which they started.</summary>
    public static ImmutableArray<AttemptSpan> Of(IEnumerable<ISweepEvent> events)
    {
        var spans = new List<AttemptSpan>();
        var open = new Dictionary<TrialId, int>();
        DateTimeOffset? start = null;
        var last = 0.0;
        foreach (var sweepEvent in events)
        {
            last = (sweepEvent.At - (start ??= sweepEvent.At)).TotalSeconds;
            switch (sweepEvent)
            {
                case AttemptStarted started:
                    open[started.Attempt.Trial] = spans.Count;
                    spans.Add(new AttemptSpan(started.Attempt, started.Worker, last, last, AttemptFate.Running));
                    break;
                case TrialPaused paused: End(paused.Attempt.Trial, AttemptFate.Paused, null, paused.Detail); break;
                case AttemptClosed closed: End(closed.Attempt.Trial, FateOf(closed.Closure), closed.Failure, closed.Detail); break;
                case TrialFinished finished: End(finished.Trial, finished.Failure is null ? AttemptFate.Trained : AttemptFate.Failed, finished.Failure, finished.Detail); break;
            }
        }
        foreach (var index in open.Values) spans[index] = spans[index] with { To = last };
        return [.. spans];

        void End(TrialId trial, AttemptFate fate, FailureClass? failure, string? detail)
        {
            if (open.Remove(trial, out var index)) spans[index] = spans[index] with { To = last, Fate = fate, Failure = failure, Detail = detail };
        }
    }

    private static AttemptFate FateOf(AttemptClosure closure) => closure switch
    {
        AttemptClosure.Released => AttemptFate.Released,
        AttemptClosure.Lost => AttemptFate.Lost,
        AttemptClosure.Failed => AttemptFate.Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(closure), closure, null),
    };
}

/// <summary>Attempts that failed of the same.</summary>
/// <param name="Trials">Whose attempts they were.</param>
/// <param name="Example">What the newest of them said.</param>
public sealed record FailureGroup(FailureClass Failure, int Attempts, ImmutableArray<TrialId> Trials, string? Example)
{
    public static ImmutableArray<FailureGroup> Of(IEnumerable<AttemptSpan> attempts) =>
    [
        .. attempts.Where(attempt => attempt.Failure is not null).GroupBy(attempt => attempt.Failure!.Value).OrderBy(group => group.Key)
            .Select(group => new FailureGroup(
                group.Key, group.Count(), [.. group.Select(attempt => attempt.Attempt.Trial).Distinct().Order()], group.Last().Detail)),
    ];
}
