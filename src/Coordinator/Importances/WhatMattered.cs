using System.Collections.Immutable;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Importances;

/// <summary>What a sweep's results say of its parameters.</summary>
/// <param name="Parameters">Most important first; those with one value are left out.</param>
/// <param name="Configurations">With a result, which the effects on the objective rest on.</param>
/// <param name="TrainedInFull">Trials that trained their budget or overfitted on the way, which the effects on the gap rest on.</param>
public sealed record WhatMattered(ImmutableArray<ParameterEffect> Parameters, int Configurations, int TrainedInFull)
{
    /// <summary>Of fewer results nothing is said.</summary>
    public const int LeastResults = 10;

    /// <summary>Of more trials a share is looked at, by their configurations' hashes: it says the same, and costs no more however long the sweep was.</summary>
    public const int MostTrials = 10_000;

    /// <summary>Null where there are fewer than 10 results, or nothing was searched.</summary>
    /// <param name="trials">In any state; those that have not ended are left out.</param>
    public static WhatMattered? Of(SearchSpace space, Objective objective, IReadOnlyList<TrialState> trials)
    {
        var share = (uint)(1 + (trials.Count - 1) / MostTrials);
        if (share > 1) trials = [.. trials.Where(trial => Convert.ToUInt32(trial.ConfigurationHash[..8], 16) % share == 0)];
        var observations = trials.GroupBy(trial => trial.ConfigurationHash).Select(replicates => ConfigurationOutcome.Of(objective, replicates))
            .OfType<Observation>().Where(observation => !observation.IsFailure).ToList();
        var searched = Enumerable.Range(0, space.Parameters.Length).Where(axis => space.Parameters[axis].Domain.Count != 1).ToList();
        if (observations.Count < LeastResults || searched.Count == 0) return null;
        var (axes, comparable) = (new Axes(space), new ComparableLosses());
        var sign = objective.Maximizes ? -1 : 1;
        var results = observations.Select(observation => new Result(axes.PointOf(observation.Hyperparameters), sign * comparable.Next(observation))).ToList();
        var gaps = trials.Where(HasSettled).Select(trial => new Result(
            axes.PointOf(trial.HyperparametersAt(trial.Reports.Count)), trial.Reports[^1].Gap!.Value, trial.Verdict.Kind == VerdictKind.Overfitting)).ToList();
        var (onObjective, onGap) = (EffectsOf(axes, searched, results), gaps.Count < LeastResults ? null : EffectsOf(axes, searched, gaps));
        var importances = ParameterImportance.Of(space, observations).ToDictionary(importance => importance.Name, importance => importance.Share);
        var parameters = searched.Select((axis, index) => new ParameterEffect(
            space.Parameters[axis].Name, importances[space.Parameters[axis].Name], onObjective[index], onGap is null ? [] : onGap[index]));
        return new WhatMattered([.. parameters.OrderByDescending(parameter => parameter.Importance)], results.Count, gaps.Count);
    }

    /// <summary>What was cut short has not had the time to overfit.</summary>
    private static bool HasSettled(TrialState trial) =>
        trial.Outcome is TrialOutcome.Completed or TrialOutcome.Overfit && trial.Reports is [.., { Gap: { } gap }] && double.IsFinite(gap);

    /// <summary>For each searched parameter its cells.</summary>
    private static List<ImmutableArray<Effect>> EffectsOf(Axes axes, List<int> searched, List<Result> results)
    {
        // Some ten results for each part of a range, and no more parts than a table has room for.
        var mostCells = Math.Clamp(results.Count / 10, 2, 5);
        var parameters = searched.Select(axis => ParameterCells.Of(axes[axis], [.. results.Select(result => result.Point[axis])], mostCells)).ToList();
        var cells = results.Select(result => parameters.Select((parameter, index) => parameter.IndexOf(result.Point[searched[index]])).ToArray()).ToList();
        var effects = new MainEffects(cells, [.. parameters.Select(parameter => parameter.Cells.Length)], [.. results.Select(result => result.Value)]);
        return
        [
            .. parameters.Select((parameter, index) => parameter.Cells.Select((values, cell) =>
            {
                var members = results.Where((_, result) => cells[result][index] == cell).ToList();
                var (mean, lower, upper) = effects.Of(index, cell);
                return new Effect(values, members.Count, members.Count(result => result.Overfits), mean, lower, upper);
            }).ToImmutableArray()),
        ];
    }

    private sealed record Result(double[] Point, double Value, bool Overfits = false);
}

/// <param name="Importance">See <see cref="ParameterImportance"/>; a share of 1.</param>
/// <param name="Objective">The objective to be expected for each cell of values.</param>
/// <param name="Gap">
/// The same for training above held-out accuracy in a trial's last epoch: how far the trial overfits. Empty where fewer than 10 trials were trained to their end.
/// </param>
public sealed record ParameterEffect(string Name, double Importance, ImmutableArray<Effect> Objective, ImmutableArray<Effect> Gap)
{
    /// <summary>The cells of highest and lowest gap, where they can be told apart; null where they cannot.</summary>
    public (Effect Highest, Effect Lowest)? MovesGap => Gap.IsEmpty ? null
        : (Gap.MaxBy(effect => effect.Mean)!, Gap.MinBy(effect => effect.Mean)!) is var (highest, lowest) && highest.Lower > lowest.Upper ? (highest, lowest)
        : null;
}

/// <summary>What is to be expected where a parameter has such a value and the others are as they were tried.</summary>
/// <param name="Trials">With such a value; configurations, where the objective is meant.</param>
/// <param name="Overfitting">Of these by their verdict; 0 where the objective is meant.</param>
/// <param name="Lower">With <paramref name="Upper"/>, the interval that holds it with 95 %.</param>
public sealed record Effect(ValueCell Values, int Trials, int Overfitting, double Mean, double Lower, double Upper);
