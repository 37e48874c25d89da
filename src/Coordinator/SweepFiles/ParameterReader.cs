using System.Collections.Immutable;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles.Yaml;
using Sweep.Shared;

namespace Sweep.Coordinator.SweepFiles;

/// <summary>A parameter as far as it could be read.</summary>
/// <param name="Domain">Null where it is in error.</param>
/// <param name="When">Null where it is in error.</param>
internal sealed record ReadParameter(string Name, SettingType Type, Mark Mark, YamlNode? WhenNode, ParameterDomain? Domain, ImmutableArray<Condition>? When)
{
    public bool IsValid => Domain is not null && When is not null;
}

/// <summary>The sections <c>parameters</c> and <c>constraints</c>.</summary>
internal sealed class ParameterReader(ParameterNames names, ErrorList errors)
{
    /// <summary>Every parameter that names a setting, in the file's order.</summary>
    public ImmutableArray<ReadParameter> ReadParameters(YamlNode? node)
    {
        if (node is null) return [];
        if (node is not YamlMapping mapping)
        {
            errors.Add(node.Mark, "parameters: give one `setting: {values: [..]}` or `setting: {min: .., max: ..}` line for each parameter");
            return [];
        }
        var known = mapping.Entries.Select(ReadDomain).OfType<ReadParameter>()
            .DistinctBy(parameter => parameter.Name).ToDictionary(parameter => parameter.Name);
        var read = known.Values.Select(parameter => parameter with { When = ReadConditions(parameter.WhenNode, known) }).ToImmutableArray();
        return ParameterGraph.Check(read, errors);
    }

    /// <summary>Constraints over <paramref name="parameters"/>; those in error are left out.</summary>
    public ImmutableArray<Constraint> ReadConstraints(YamlNode? node, ImmutableArray<ReadParameter> parameters)
    {
        if (node is null) return [];
        if (node is not YamlSequence sequence)
        {
            errors.Add(node.Mark, "constraints: give a list of `{when: {..}, require: {..}}`");
            return [];
        }
        var known = parameters.ToDictionary(parameter => parameter.Name);
        return [.. sequence.Items.Select(item => ReadConstraint(item, known)).OfType<Constraint>()];
    }

    /// <summary>The configurations under <c>search.start_with</c>; those in error are left out.</summary>
    /// <param name="space">Of <paramref name="parameters"/>, all of them valid.</param>
    public ImmutableArray<Hyperparameters> ReadStartWith(YamlNode? node, ImmutableArray<ReadParameter> parameters, SearchSpace space)
    {
        if (node is null) return [];
        if (node is not YamlSequence sequence)
        {
            errors.Add(node.Mark, "start_with: give a list of configurations, such as [{learning_rate: 0.1}]");
            return [];
        }
        var known = parameters.ToDictionary(parameter => parameter.Name);
        var seen = new HashSet<Hyperparameters>();
        var configurations = ImmutableArray.CreateBuilder<Hyperparameters>();
        foreach (var item in sequence.Items)
        {
            if (ReadConfiguration(item, known, space) is not { } hyperparameters) continue;
            if (seen.Add(hyperparameters)) configurations.Add(hyperparameters);
            else errors.Add(item.Mark, "start_with: this configuration is there twice; remove one");
        }
        return configurations.ToImmutable();
    }

    /// <summary>A parameter with one value need not be given.</summary>
    /// <param name="key">What messages call it.</param>
    public Hyperparameters? ReadConfiguration(YamlNode node, Dictionary<string, ReadParameter> known, SearchSpace space, string key = "start_with")
    {
        if (ReadNames(node, key, known, (parameter, entry) =>
            ReadTaken(parameter, entry.Value) is { } value ? new GivenValue(parameter.Name, value) : null) is not { } given) return null;
        var before = errors.Count;
        var values = given.DistinctBy(entry => entry.Name).ToDictionary(entry => entry.Name, entry => entry.Value);
        foreach (var index in space.ParentsFirst)
        {
            var parameter = space.Parameters[index];
            var exists = parameter.When.All(condition => condition.Holds(values.GetValueOrDefault(condition.Parameter)));
            if (!exists && values.ContainsKey(parameter.Name))
                errors.Add(node.Mark, $"{key}: {parameter.Name} does not exist in this configuration, by its `when`; remove it");
            else if (exists && !values.ContainsKey(parameter.Name) && parameter.Domain.Count == 1)
                values[parameter.Name] = parameter.Domain.At(0);
            else if (exists && !values.ContainsKey(parameter.Name))
                errors.Add(node.Mark, $"{key}: {parameter.Name} is missing in this configuration; give it a value");
        }
        if (errors.Count > before) return null;
        var hyperparameters = new Hyperparameters(space.Parameters.Where(parameter => values.ContainsKey(parameter.Name))
            .Select(parameter => KeyValuePair.Create(parameter.Name, values[parameter.Name])));
        if (space.Allows(hyperparameters)) return hyperparameters;
        errors.Add(node.Mark, $"{key}: the constraints rule this configuration out; change it");
        return null;
    }

    private sealed record GivenValue(string Name, HyperparameterValue Value);

    private ReadParameter? ReadDomain(YamlEntry entry)
    {
        if (names.Declare(entry, errors) is not var (name, type)) return null;
        if (entry.Value is not (YamlMapping or YamlScalar { IsNull: true }))
        {
            var value = entry.Value.Display;
            errors.Add(entry.Value.Mark, $"{name}: {value} is not a domain; write {{value: {value}}}, {{values: [..]}} or {{min: .., max: ..}}");
            return new ReadParameter(name, type, entry.Mark, null, null, null);
        }
        var section = Section.Open(entry, DomainReader.Keys, errors);
        return new ReadParameter(name, type, entry.Mark, section.Node("when"), new DomainReader(name, type, section, errors).Read(), null);
    }

    private Constraint? ReadConstraint(YamlNode node, Dictionary<string, ReadParameter> known)
    {
        var section = Section.Open("constraints", node, node.Mark, ["when", "require"], errors);
        if (section.IsAbsent) return null;
        foreach (var key in new[] { "when", "require" })
            section.Require(key, $"constraints: missing `{key}`; a constraint is {{when: {{..}}, require: {{..}}}}");
        if (section.Node("when") is not { } whenNode || section.Node("require") is not { } requireNode) return null;
        var (when, require) = (ReadConditions(whenNode, known), ReadRequirements(requireNode, known));
        return when is not null && require is not null ? new Constraint(new(when.Value), new(require.Value)) : null;
    }

    private ImmutableArray<Condition>? ReadConditions(YamlNode? node, Dictionary<string, ReadParameter> known)
    {
        if (node is null) return [];
        return ReadNames(node, "when", known, (parent, entry) =>
            ReadOneOrMany(parent, entry.Value) is { } values ? new Condition(parent.Name, values) : null);
    }

    private ImmutableArray<Requirement>? ReadRequirements(YamlNode node, Dictionary<string, ReadParameter> known) =>
        ReadNames(node, "require", known, ReadRequirement);

    /// <summary>A mapping from parameters to what is asked of them; null where any of it is in error.</summary>
    private ImmutableArray<T>? ReadNames<T>(YamlNode node, string key, Dictionary<string, ReadParameter> known, Func<ReadParameter, YamlEntry, T?> read)
        where T : class
    {
        if (node is not YamlMapping { Entries.Length: > 0 } mapping)
        {
            errors.Add(node.Mark, $"{key}: {node.Display} names no parameter; write {key}: {{parameter: ..}}");
            return null;
        }
        var items = mapping.Entries.Select(entry => Parameter(entry, key, known) is { } parent ? read(parent, entry) : null).ToList();
        return items.All(item => item is not null) ? [.. items.Select(item => item!)] : null;
    }

    private ReadParameter? Parameter(YamlEntry entry, string key, Dictionary<string, ReadParameter> known)
    {
        var found = names.Find(entry.Key);
        if (found is not null && known.TryGetValue(found, out var parameter)) return parameter;
        var advice = (found, NearestName.Of(entry.Key, [.. known.Keys, .. names.Known])) switch
        {
            (not null, _) when names.Known.Contains(found) => "add it to parameters",
            (_, { } nearest) => $"did you mean `{nearest}`?",
            _ => $"the parameters are: {string.Join(", ", known.Keys)}",
        };
        errors.Add(entry.Mark, $"{key}: `{Section.Shown(entry.Key)}` is not a parameter; {advice}");
        return null;
    }

    /// <summary>One value or a list of values that the parameter takes. Of a parameter whose values are lists, a flat list is one value.</summary>
    private ValueArray<HyperparameterValue>? ReadOneOrMany(ReadParameter parameter, YamlNode node)
    {
        var isOne = parameter.Type is SettingType.Integers or SettingType.List
            ? node is not YamlSequence { Items: [YamlSequence, ..] }
            : node is not YamlSequence;
        return ReadValues(parameter, isOne ? [node] : ((YamlSequence)node).Items, node.Mark);
    }

    private ValueArray<HyperparameterValue>? ReadValues(ReadParameter parameter, ImmutableArray<YamlNode> nodes, Mark mark)
    {
        if (nodes.IsEmpty) errors.Add(mark, $"{parameter.Name}: the list is empty; give a value");
        var values = nodes.Select(node => ReadTaken(parameter, node)).ToList();
        return values.Count > 0 && values.All(value => value is not null) ? values.Select(value => value!).ToValueArray() : null;
    }

    private HyperparameterValue? ReadTaken(ReadParameter parameter, YamlNode node)
    {
        if (ValueReader.Read(parameter.Type, parameter.Name, node, errors) is not { } value) return null;
        if (parameter.Domain is not { } domain || domain.Contains(value)) return value;
        var taken = domain is ChoiceDomain choice ? $"its values are {choice.Values}" : "it is not in its range";
        errors.Add(node.Mark, $"{parameter.Name} never takes {node.Display}; {taken}");
        return null;
    }

    private Requirement? ReadRequirement(ReadParameter parameter, YamlEntry entry)
    {
        var before = errors.Count;
        var section = Section.Open(entry, ["values", "min", "max"], errors);
        if (errors.Count > before) return null;
        if (section.Node("values") is { } node)
        {
            if (node is not YamlSequence sequence || parameter.Type is SettingType.Integers or SettingType.List && sequence.Items is not [YamlSequence, ..])
            {
                errors.Add(node.Mark, $"{parameter.Name}: values must be a list of values; write it in one more pair of brackets");
                return null;
            }
            return ReadValues(parameter, sequence.Items, node.Mark) is { } values ? new Requirement(parameter.Name, values) : null;
        }
        if (section.Entry("min") is null && section.Entry("max") is null)
        {
            errors.Add(entry.Mark, $"{parameter.Name}: nothing is required; give values, min or max");
            return null;
        }
        if (parameter.Type is not (SettingType.Number or SettingType.Integer))
        {
            errors.Add(entry.Mark, $"{parameter.Name}: has no order, so that min and max mean nothing; give values");
            return null;
        }
        var any = new SettingType.Number(double.MinValue, double.MaxValue);
        var (min, max) = (section.Number("min", any), section.Number("max", any));
        if (min <= max || min is null || max is null) return new Requirement(parameter.Name, null, min, max);
        errors.Add(entry.Mark, $"{parameter.Name}: min {min} is above max {max}; swap them");
        return null;
    }
}
