using System.Collections.Immutable;
using Sweep.Coordinator.Trials;
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepReports;

/// <summary>Attempts that failed of the same.</summary>
/// <param name="Trials">Whose attempts they were.</param>
/// <param name="Example">What the newest of them said.</param>
public sealed record FailureGroup(FailureClass Failure, int Attempts, ImmutableArray<TrialId> Trials, string? Example)
{
    public static ImmutableArray<FailureGroup> Of(IEnumerable<AttemptRecord> attempts) =>
    [
        .. attempts.Where(attempt => attempt.End?.Failure is not null).GroupBy(attempt => attempt.End!.Failure!.Value).OrderBy(group => group.Key)
            .Select(group => new FailureGroup(
                group.Key, group.Count(), [.. group.Select(attempt => attempt.Attempt.Trial).Distinct().Order()], group.Last().End!.Detail)),
    ];
}
