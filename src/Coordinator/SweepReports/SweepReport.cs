using System.Collections.Immutable;
using Sweep.Coordinator.Importances;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.Plans;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;
using Sweep.Coordinator.Views;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepReports;

/// <summary>All that a reader needs to trust a sweep's result. <c>report.html</c> and <c>report.md</c> are views of it.</summary>
/// <param name="Chronicle">Empty where the events are not at hand.</param>
/// <param name="Importance">Empty below ten results.</param>
/// <param name="SweepFile">Its newest text; null in histories that are too old to have it.</param>
public sealed record SweepReport(
    SweepState State,
    Leaderboard Board,
    DatasetPlan? Images,
    WinnerCertainty Certainty,
    SweepChronicle Chronicle,
    ImmutableArray<FailureGroup> Failures,
    ComputeSpent Compute,
    ImmutableArray<ParameterImportance> Importance,
    ImmutableArray<MarginalEffect> Effects,
    ImmutableArray<RungRow> Rungs,
    string? SweepFile,
    RunFacts Facts)
{
    /// <summary>Trials that are named at each rung.</summary>
    private const int MostOfRung = 200;

    /// <param name="events">Of the whole history.</param>
    public static SweepReport Of(SweepState state, IEnumerable<ISweepEvent> events, RunFacts facts) =>
        Of(state, Leaderboard.Of(state), SweepChronicle.Of(state.Definition.Objective, events), facts);

    /// <param name="board">Of the same state.</param>
    /// <param name="chronicle">Of the whole history.</param>
    public static SweepReport Of(SweepState state, Leaderboard board, SweepChronicle chronicle, RunFacts facts)
    {
        var images = state.Definition.Base is NetworkConfiguration network ? DatasetPlan.Of(network.Dataset) : null;
        return new SweepReport(
            state, board, images, WinnerCertainty.Of(board, images), chronicle, FailureGroup.Of(chronicle.Attempts), ComputeSpent.Of(state, board, chronicle.Attempts),
            ParameterImportance.Of(state.Definition.Space, Enumerable.Range(0, state.Observations.Count).Select(index => state.Observations[index])),
            MarginalEffect.Of(
                state.Definition.Space, state.Definition.Objective, [.. board.Rows.Where(row => row.IsRankable).Select(row => (row.Hyperparameters, row.Objective!.Value))]),
            RungTable.Of(state, MostOfRung), state.SweepFile, facts);
    }

    public int Count(VerdictKind verdict) => Board.Rows.Count(row => row.Verdict == verdict);

    /// <summary>Trials that were found overfitting, the widest gap first.</summary>
    public IEnumerable<LeaderboardRow> Overfitting => Board.Rows.Where(row => row.Verdict == VerdictKind.Overfitting).OrderByDescending(row => row.Gap);
}
