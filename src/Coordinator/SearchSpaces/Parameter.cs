using Sweep.Shared;

namespace Sweep.Coordinator.SearchSpaces;

/// <summary>A searched setting.</summary>
/// <param name="Name">The setting's name; unique in its search space.</param>
/// <param name="When">The parameter exists only in trials where all of these hold; empty for everywhere.</param>
public sealed record Parameter(string Name, ParameterDomain Domain, ValueArray<Condition> When = default);

/// <summary>Holds in trials that have the parameter, with one of the values.</summary>
public sealed record Condition(string Parameter, ValueArray<HyperparameterValue> Values)
{
    public bool Holds(HyperparameterValue? value) => value is not null && Values.Contains(value);
}

/// <summary>Where all conditions hold, all requirements must: other combinations are never tried.</summary>
public sealed record Constraint(ValueArray<Condition> When, ValueArray<Requirement> Require)
{
    public IEnumerable<string> Names => When.Select(condition => condition.Parameter).Concat(Require.Select(requirement => requirement.Parameter));

    public bool Allows(Func<string, HyperparameterValue?> valueOf) =>
        !When.All(condition => condition.Holds(valueOf(condition.Parameter)))
        || Require.All(requirement => requirement.Holds(valueOf(requirement.Parameter)));
}

/// <summary>What a parameter's value must be. Where a trial does not have the parameter, nothing is required of it.</summary>
/// <param name="Values">One of these; null for any.</param>
/// <param name="Min">Not below this; null for no bound.</param>
/// <param name="Max">Not above this; null for no bound.</param>
public sealed record Requirement(string Parameter, ValueArray<HyperparameterValue>? Values = null, double? Min = null, double? Max = null)
{
    public bool Holds(HyperparameterValue? value)
    {
        if (value is null) return true;
        if (Values is { } values && !values.Contains(value)) return false;
        if (Min is { } min && value.AsDouble() < min) return false;
        return Max is not { } max || value.AsDouble() <= max;
    }
}
