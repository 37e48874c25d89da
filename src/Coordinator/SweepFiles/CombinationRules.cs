using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>
/// Rules between settings. Each is checked in every combination of the parameters that it speaks of and that a trial can reach;
/// a range counts by its ends and by the values that conditions and constraints name.
/// </summary>
internal static class CombinationRules
{
    public const string NothingLeft = "constraints: no combination of parameters is left to try; loosen them";

    private const int MostCombinations = 200_000;

    /// <param name="Names">The settings that the rule speaks of; the error stands at the first of them that the file gives.</param>
    /// <param name="Problem">What is wrong with a trial; null for nothing.</param>
    private sealed record Rule(string[] Names, Func<Trial, string?> Problem, bool NeedsDataset = false);

    private sealed record Trial(SpaceDraft Draft, Hyperparameters Hyperparameters, NetworkConfiguration Configuration)
    {
        public HyperparameterValue? this[string name] => Draft.ValueOf(name, Hyperparameters);
    }

    private static readonly Rule[] Rules =
    [
        new([Setting.Preset, Setting.Blocks, Setting.Widths, Setting.Block], PresetConflict),
        new([Setting.Widths, Setting.Blocks, Setting.Preset, Setting.Block, Setting.Family], ModelProblem, NeedsDataset: true),
        new([Setting.Schedule, Setting.Milestones], MissingMilestones),
        new([Setting.WarmupEpochs, Setting.Epochs], LongWarmup),
        new([Setting.Nesterov, Setting.Momentum, Setting.Optimizer], NesterovWithoutMomentum),
        new([Setting.BatchSize], LargeBatch, NeedsDataset: true),
    ];

    public static void Check(SpaceDraft draft, ErrorList errors)
    {
        if (draft.Base is NetworkConfiguration network) CheckNetworks(draft, network, errors);
        CheckConstraints(draft, errors);
    }

    private static void CheckNetworks(SpaceDraft draft, NetworkConfiguration network, ErrorList errors)
    {
        foreach (var rule in Rules)
            if (draft.AreValid(rule.Names) && (draft.HasDataset || !rule.NeedsDataset)) Check(rule, draft, network, errors);
    }

    private static void Check(Rule rule, SpaceDraft draft, NetworkConfiguration network, ErrorList errors)
    {
        var space = draft.Space.Project(rule.Names);
        var mark = draft.MarkOf(rule.Names);
        var problems = new HashSet<string>();
        var count = 0;
        foreach (var hyperparameters in space.Representatives())
        {
            if (++count > MostCombinations)
            {
                var names = string.Join(", ", space.Parameters.Select(parameter => parameter.Name));
                errors.Add(mark, $"more than {MostCombinations:N0} combinations of {names}; give fewer values");
                return;
            }
            if (!space.Allows(hyperparameters)) continue;
            var problem = rule.Problem(new Trial(draft, hyperparameters, (NetworkConfiguration)space.Resolve(network, hyperparameters)));
            if (problem is null || !problems.Add(problem)) continue;
            errors.Add(mark, hyperparameters.Count == 0 ? problem : $"{problem} (in trials with {hyperparameters})");
        }
    }

    private static string? PresetConflict(Trial trial) => PresetRule.Conflict(name => trial[name], trial.Configuration.Model.Block);

    private static string? ModelProblem(Trial trial)
    {
        var model = trial.Configuration.Model;
        if (PresetConflict(trial) is not null) return null;
        return model.Family == ModelFamily.Resnet && model.Blocks.Count == 0
            ? "a resnet needs `blocks`, such as [3, 3, 3], or `preset`; add one of them"
            : ModelShape.Problem(model, DatasetFacts.Of(trial.Configuration.Dataset.Name).Image);
    }

    private static string? MissingMilestones(Trial trial) =>
        trial.Configuration.Training is { Schedule: LearningRateScheduleKind.Step or LearningRateScheduleKind.Multistep, Milestones.Count: 0 }
            ? $"schedule {trial[Setting.Schedule]} needs `milestones`, such as [30, 60]; add them"
            : null;

    private static string? LongWarmup(Trial trial) => trial.Configuration.Training is var training && training.WarmupEpochs >= training.Epochs
        ? $"warmup_epochs {training.WarmupEpochs} leaves none of the {training.Epochs} epochs; lower it"
        : null;

    /// <summary>Where one of the two is searched, such trials train without Nesterov's step.</summary>
    private static string? NesterovWithoutMomentum(Trial trial)
    {
        var isSearched = trial.Draft.Space.Parameters.Any(parameter => parameter is { Name: Setting.Nesterov or Setting.Momentum, Domain.Count: not 1 });
        var looksAhead = trial[Setting.Nesterov] is HyperparameterValue.Flag { Value: true };
        return !isSearched && looksAhead && trial.Configuration.Training is { Momentum: 0, Optimizer: Optimizer.Sgd }
            ? "nesterov needs momentum above 0; give momentum, or set nesterov to false"
            : null;
    }

    private static string? LargeBatch(Trial trial)
    {
        var dataset = trial.Configuration.Dataset;
        var images = Math.Min(dataset.TrainLimit ?? int.MaxValue, DatasetFacts.Of(dataset.Name).TrainImages);
        var training = images - dataset.ValidationImages(images);
        var batch = trial.Configuration.Training.BatchSize;
        return batch <= training ? null : $"batch_size {batch} is above the {training} training images (validation images taken out); lower it";
    }

    /// <summary>Constraints must leave something of the space, and something of every parameter, as far as this can be counted.</summary>
    private static void CheckConstraints(SpaceDraft draft, ErrorList errors)
    {
        if (draft.Space.Constraints.IsEmpty) return;
        var names = draft.Space.Constraints.SelectMany(constraint => constraint.Names).ToList();
        if (IsRuledOut(names, _ => true))
        {
            errors.Add(draft.ConstraintsMark, NothingLeft);
            return;
        }
        foreach (var parameter in draft.Space.Parameters.Where(parameter => parameter.When.Count > 0))
            if (IsRuledOut([.. names, parameter.Name], hyperparameters => hyperparameters[parameter.Name] is not null))
                errors.Add(
                    draft.MarkOf([parameter.Name]),
                    $"{parameter.Name}: no trial can reach this parameter under the constraints; loosen them, or remove it");

        bool IsRuledOut(IEnumerable<string> of, Func<Hyperparameters, bool> counts)
        {
            var space = draft.Space.Project(of);
            if (!space.IsFinite) return false;
            var count = 0;
            return space.All().All(hyperparameters => ++count <= MostCombinations && !(space.Allows(hyperparameters) && counts(hyperparameters)));
        }
    }
}
