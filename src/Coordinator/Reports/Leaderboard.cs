using System.Collections.Immutable;
using Sweep.Coordinator.Importances;
using Sweep.Coordinator.Objectives;
using Sweep.Coordinator.Replicates;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Reports;

/// <summary>The trials of a sweep, best first. Every view of results shows one of these.</summary>
/// <param name="Ended">The sweep is over: no row will change.</param>
/// <param name="Rows">Ranked trials by rank, then the others by trial number.</param>
/// <param name="Configurations">Ranked ones by rank, then the others by number; empty in a sweep that repeats none.</param>
/// <param name="ParameterNames">Of all trials' hyperparameters, in the sweep file's order as far as the trials show it.</param>
public sealed record Leaderboard(
    SweepFacts Sweep, bool Ended, ImmutableArray<LeaderboardRow> Rows, ImmutableArray<ConfigurationRow> Configurations, ImmutableArray<string> ParameterNames)
{
    /// <summary>Null while the sweep goes on, and where its results are too few to say.</summary>
    public WhatMattered? Mattered { get; init; }

    /// <summary>Of a sweep as it stands.</summary>
    public static Leaderboard Of(SweepState state) => Of(SweepFacts.Of(state.Definition), [.. state.Trials], ended: state.Ending is not null);

    /// <summary>
    /// Ranks trials that completed, stopped or overfitted and have a finite objective. Equal objectives: the lower held-out loss
    /// in the objective's epoch wins, then the lower trial number, so that equal histories give equal ranks. O(n log n).
    /// With several objectives, trials of the Pareto front come first, then those of the front without these, and so on.
    /// Where configurations are repeated, they are ranked instead (<see cref="ReplicatedConfiguration.Ranked"/>), and their trials with them.
    /// </summary>
    public static Leaderboard Of(SweepFacts sweep, IReadOnlyList<TrialState> trials, bool ended) => Ranked(sweep, trials, ended) with
    {
        Mattered = ended && sweep.Space is { } space ? WhatMattered.Of(space, sweep.Objective, trials) : null,
    };

    private static Leaderboard Ranked(SweepFacts sweep, IReadOnlyList<TrialState> trials, bool ended)
    {
        var rows = trials.OrderBy(trial => trial.Id).Select(trial => LeaderboardRow.Of(sweep.Objective, trial, ended)).ToList();
        if (rows.Exists(row => row.Exploits > 0)) rows = WithLineages(rows, trials);
        if (sweep.FurtherObjectives.Count > 0) rows = WithFronts(sweep, rows, trials);
        if (trials.Any(trial => trial.Replicate > 1)) return OfReplicates(sweep, trials, rows, ended);
        var ranked = rows.Where(row => row.IsRankable).Order(new RankOrder(sweep.Objective))
            .Select((row, index) => row with { Rank = index + 1 });
        return new Leaderboard(sweep, ended, [.. ranked, .. rows.Where(row => !row.IsRankable)], [], NamesOf(rows));
    }

    private static List<LeaderboardRow> WithFronts(SweepFacts sweep, List<LeaderboardRow> rows, IReadOnlyList<TrialState> trials)
    {
        var byId = trials.ToDictionary(trial => trial.Id);
        var ranked = rows.Where(row => row.IsRankable).Select(row => row.Trial).ToList();
        var fronts = ParetoFront.Sort([.. ranked.Select(id => LossesOf(sweep, byId[id]))]);
        var frontOf = ranked.Index().ToDictionary(entry => entry.Item, entry => fronts[entry.Index]);
        return
        [
            .. rows.Select(row => row with
            {
                Front = frontOf.TryGetValue(row.Trial, out var front) ? front : null,
                Objectives = FurtherOf(sweep, byId[row.Trial]),
            }),
        ];
    }

    private static IReadOnlyList<double> LossesOf(SweepFacts sweep, TrialState trial)
    {
        var best = TrialResult.BestEpoch(sweep.Objective, trial.Reports)!;
        var first = sweep.Objective.Of(best);
        return [sweep.Objective.Maximizes ? -first : first, .. sweep.FurtherObjectives.Select(further => further.LossOf(trial, best))];
    }

    private static OrderedDictionary<string, double?> FurtherOf(SweepFacts sweep, TrialState trial)
    {
        var best = TrialResult.BestEpoch(sweep.Objective, trial.Reports);
        return new OrderedDictionary<string, double?>(sweep.FurtherObjectives.Select(further => KeyValuePair.Create(
            Figures.SnakeCase(further.Metric), best is not null && further.Of(trial, best) is var value && double.IsFinite(value) ? value : (double?)null)));
    }

    private static List<LeaderboardRow> WithLineages(List<LeaderboardRow> rows, IReadOnlyList<TrialState> trials)
    {
        var byId = trials.ToDictionary(trial => trial.Id);
        return [.. rows.Select(row => row with { Lineage = [.. Lineage.Of(id => byId[id], row.Trial).Segments] })];
    }

    private static Leaderboard OfReplicates(SweepFacts sweep, IReadOnlyList<TrialState> trials, List<LeaderboardRow> rows, bool ended)
    {
        var byTrial = rows.ToDictionary(row => row.Trial);
        var configurations = ConfigurationRow.Of(sweep, ReplicatedConfiguration.Of(sweep.Objective, trials), byTrial);
        var marked = configurations
            .SelectMany(configuration => configuration.Trials.Select((trial, index) => byTrial[trial] with
            {
                Rank = byTrial[trial].IsRankable ? configuration.Rank : null,
                Configuration = configuration.Configuration,
                Replicate = index + 1,
            }))
            .ToLookup(row => row.IsRankable);
        return new Leaderboard(sweep, ended, [.. marked[true], .. marked[false].OrderBy(row => row.Trial)], configurations, NamesOf(rows));
    }

    /// <summary>The configuration that ranks first; null while none is ranked, and in a sweep that repeats none.</summary>
    public ConfigurationRow? WinningConfiguration => Configurations is [{ Rank: 1 } first, ..] ? first : null;

    /// <summary>The row that ranks first; null while none is ranked.</summary>
    public LeaderboardRow? Winner => Rows is [{ Rank: 1 } first, ..] ? first : null;

    /// <summary>What every view has to say of how the winner was chosen; null where validation images chose it.</summary>
    public string? Notice =>
        Sweep.Objective.ChoosesByTestImages || Sweep.FurtherObjectives.Any(further => further.ChoosesByTestImages) ? TestImagesNotice(Sweep.Objective) : null;

    internal static string TestImagesNotice(Objective objective) =>
        $"The test images chose the winner (objective {objective.Name}), so its test accuracy is too good to be claimed. "
        + "Choose by validation_accuracy to learn what it is worth on new images.";

    /// <summary>A name that only later trials have goes behind the one that precedes it there.</summary>
    private static ImmutableArray<string> NamesOf(IEnumerable<LeaderboardRow> rows)
    {
        var names = new List<string>();
        foreach (var row in rows)
        {
            var next = 0;
            foreach (var (name, _) in row.Hyperparameters)
            {
                var known = names.IndexOf(name);
                if (known < 0) names.Insert(known = next, name);
                next = known + 1;
            }
        }
        return [.. names];
    }

    internal sealed class RankOrder(Objective objective) : IComparer<LeaderboardRow>
    {
        public int Compare(LeaderboardRow? x, LeaderboardRow? y)
        {
            var byFront = (x!.Front ?? 1).CompareTo(y!.Front ?? 1);
            if (byFront != 0) return byFront;
            var (left, right) = (x.Objective!.Value, y.Objective!.Value);
            if (objective.IsBetter(left, right)) return -1;
            if (objective.IsBetter(right, left)) return 1;
            var byLoss = (x.HeldOutLoss ?? double.PositiveInfinity).CompareTo(y.HeldOutLoss ?? double.PositiveInfinity);
            return byLoss != 0 ? byLoss : x.Trial.CompareTo(y.Trial);
        }
    }
}
