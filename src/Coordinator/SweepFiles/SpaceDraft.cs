using System.Collections.Immutable;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles.Yaml;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>The search space of a file that may still have errors: as much of it as is valid, and what is not.</summary>
internal sealed class SpaceDraft
{
    private readonly TrialSettings _trials;
    private readonly ImmutableDictionary<string, ReadParameter> _parameters;
    private readonly HashSet<string> _broken;

    public SpaceDraft(TrialSettings trials, ImmutableArray<ReadParameter> parameters, ImmutableArray<Constraint> constraints, Mark constraintsMark)
    {
        _trials = trials;
        _parameters = parameters.ToImmutableDictionary(parameter => parameter.Name);
        _broken = Broken(trials, parameters);
        ConstraintsMark = constraintsMark;
        var given = new GivenSettings(trials.Given);
        Space = new SearchSpace(
            parameters.Where(parameter => !_broken.Contains(parameter.Name))
                .Select(parameter => new Parameter(parameter.Name, parameter.Domain!, new(parameter.When!.Value))),
            constraints.Where(constraint => !constraint.Names.Any(_broken.Contains)),
            given);
        Base = given.Configure(Start(trials), Hyperparameters.None);
    }

    /// <summary>The parameters that are valid, and hang on valid ones only.</summary>
    public SearchSpace Space { get; }

    /// <summary>Has placeholders where a required setting is missing or in error.</summary>
    public TrialConfiguration Base { get; }

    /// <summary>The largest budget that a trial may have; null where it is missing or in error.</summary>
    public int? MaxEpochs => AreValid([Setting.Epochs]) ? Space.MaxEpochs(Base) : null;

    public bool HasDataset => _trials.Dataset is not null;

    public Mark ConstraintsMark { get; }

    /// <summary>Whether none of these settings is in error, neither given nor as a parameter.</summary>
    public bool AreValid(IEnumerable<string> names) => !names.Any(_broken.Contains);

    /// <summary>A trial's value, else the given one; null where a default holds.</summary>
    public HyperparameterValue? ValueOf(string name, Hyperparameters hyperparameters) => hyperparameters[name] ?? _trials.Given.GetValueOrDefault(name);

    /// <summary>Where the first of these settings stands, its parameter before its base setting; the model section where none does.</summary>
    public Mark MarkOf(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (_parameters.TryGetValue(name, out var parameter)) return parameter.Mark;
            if (_trials.Marks.TryGetValue(name, out var mark)) return mark;
        }
        return _trials.ModelMark;
    }

    private static TrialConfiguration Start(TrialSettings trials) => trials.Trainer is { } trainer
        ? new CustomConfiguration(trainer, Epochs: 1, Hyperparameters.None)
        : new NetworkConfiguration(
        trials.Dataset ?? new DatasetSettings(DatasetName.Cifar10),
        new ModelSettings(ModelFamily.Resnet),
        new TrainingSettings(Epochs: 1),
        new AugmentationSettings());

    private static HashSet<string> Broken(TrialSettings trials, ImmutableArray<ReadParameter> parameters)
    {
        var broken = trials.Marks.Keys.Where(name => !trials.Given.ContainsKey(name)).ToHashSet();
        string[] needed = trials.Trainer is null ? [Setting.Family, Setting.Epochs] : [Setting.Epochs];
        broken.UnionWith(needed.Where(required => !trials.Given.ContainsKey(required)));
        broken.UnionWith(parameters.Where(parameter => !parameter.IsValid).Select(parameter => parameter.Name));
        while (parameters.FirstOrDefault(HangsOnBroken) is { } child) broken.Add(child.Name);
        return broken;

        bool HangsOnBroken(ReadParameter parameter) =>
            !broken.Contains(parameter.Name) && (parameter.When ?? []).Any(condition => broken.Contains(condition.Parameter));
    }
}
