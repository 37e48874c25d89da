using System.Collections.Immutable;
using Sweep.Shared;

namespace Sweep.Coordinator.SearchSpaces;

/// <summary>
/// What a sweep may try: parameters in the sweep file's order, the conditions under which they exist, and combinations that are never tried.
/// It is also a unit cube with one axis a parameter; a parameter that does not exist in a trial ignores its coordinate.
/// </summary>
public sealed class SearchSpace
{
    private readonly GivenSettings _given;
    private readonly Dictionary<string, int> _index;

    /// <param name="given">The settings that hold where no parameter overrides them.</param>
    /// <exception cref="ArgumentException">
    /// A name appears twice, a condition or constraint names no parameter of the space, or conditions form a cycle.
    /// </exception>
    public SearchSpace(IEnumerable<Parameter> parameters, IEnumerable<Constraint>? constraints = null, GivenSettings? given = null)
    {
        Parameters = [.. parameters];
        Constraints = [.. constraints ?? []];
        _given = given ?? GivenSettings.None;
        _index = Parameters.Select((parameter, index) => (parameter.Name, index)).ToDictionary(pair => pair.Name, pair => pair.index);
        var named = Parameters.SelectMany(parameter => parameter.When).Select(condition => condition.Parameter).Concat(Constraints.SelectMany(c => c.Names));
        if (named.FirstOrDefault(name => !_index.ContainsKey(name)) is { } stranger) throw new ArgumentException($"{stranger} is not a parameter");
        ParentsFirst = OrderParentsFirst() ?? throw new ArgumentException("conditions form a cycle");
    }

    public ImmutableArray<Parameter> Parameters { get; }

    public ImmutableArray<Constraint> Constraints { get; }

    /// <summary>Indexes of <see cref="Parameters"/> in the file's order, but every parameter after those that its existence hangs on.</summary>
    public ImmutableArray<int> ParentsFirst { get; }

    /// <summary>Every parameter has finitely many values.</summary>
    public bool IsFinite => Parameters.All(parameter => parameter.Domain.Count is not null);

    /// <summary>A bound on the number of combinations: conditions and constraints leave fewer. Infinite where there is a continuum.</summary>
    public double CombinationsAtMost => Parameters.Aggregate(1.0, (product, parameter) => product * (parameter.Domain.Count ?? double.PositiveInfinity));

    /// <summary>Every parameter says which of its values a grid takes.</summary>
    public bool HasGrid => Parameters.All(parameter => parameter.Domain.GridCount is not null);

    /// <summary>What a trial with these hyperparameters trains with.</summary>
    /// <param name="configuration">The sweep's base.</param>
    public TrialConfiguration Resolve(TrialConfiguration configuration, Hyperparameters hyperparameters) =>
        _given.Configure(configuration, hyperparameters);

    /// <summary>What a trial has of a setting, by its parameter or by the sweep file; null where a default holds.</summary>
    public HyperparameterValue? ValueOf(string setting, Hyperparameters hyperparameters) => _given.ValueOf(setting, hyperparameters);

    /// <summary>The largest budget that a trial may have, in epochs.</summary>
    /// <param name="configuration">The sweep's base.</param>
    public int MaxEpochs(TrialConfiguration configuration) =>
        Project([Setting.Epochs]).Representatives().Max(hyperparameters => Resolve(configuration, hyperparameters).Budget);

    /// <summary>Whether exactly the parameters that exist in such a trial are there, each with a value of its domain, in an allowed combination.</summary>
    public bool Contains(Hyperparameters hyperparameters) =>
        hyperparameters.All(entry => _index.ContainsKey(entry.Key))
        && Parameters.All(parameter => Exists(parameter, name => hyperparameters[name])
            ? hyperparameters[parameter.Name] is { } value && parameter.Domain.Contains(value)
            : hyperparameters[parameter.Name] is null)
        && Allows(hyperparameters);

    /// <summary>Whether the constraints allow this combination.</summary>
    public bool Allows(Hyperparameters hyperparameters) => Constraints.All(constraint => constraint.Allows(name => hyperparameters[name]));

    /// <summary>The trial at a point of the unit cube. Constraints are not looked at: ask <see cref="Allows"/>.</summary>
    /// <param name="point">One coordinate in [0, 1] a parameter, in their order.</param>
    public Hyperparameters FromUnit(ReadOnlySpan<double> point)
    {
        var values = new HyperparameterValue?[Parameters.Length];
        foreach (var index in ParentsFirst)
            values[index] = Exists(index, values) ? Parameters[index].Domain.FromUnit(point[index]) : null;
        return Collect(values);
    }

    /// <summary>The trial whose parameters, those that exist in it, have the values that <paramref name="valueOf"/> gives. Constraints are not looked at.</summary>
    /// <param name="valueOf">Of the parameter's domain; asked parents first.</param>
    public Hyperparameters FromValues(Func<Parameter, HyperparameterValue> valueOf)
    {
        var values = new HyperparameterValue?[Parameters.Length];
        foreach (var index in ParentsFirst)
            values[index] = Exists(index, values) ? valueOf(Parameters[index]) : null;
        return Collect(values);
    }

    /// <summary>
    /// The point of the unit cube that <see cref="FromUnit"/> turns into these hyperparameters; null on the axis of a parameter that does not exist.
    /// </summary>
    public double?[] ToUnit(Hyperparameters hyperparameters) =>
        [.. Parameters.Select(parameter => hyperparameters[parameter.Name] is { } value ? parameter.Domain.ToUnit(value) : (double?)null)];

    /// <summary>
    /// The grid, constraints not looked at, the last parameter fastest; lazily.
    /// A conditional parameter multiplies only the branches in which it exists.
    /// </summary>
    /// <exception cref="InvalidOperationException">The space <see cref="HasGrid">has none</see>.</exception>
    public IEnumerable<Hyperparameters> Grid() => HasGrid
        ? Product(parameter => Values(parameter.Domain.GridCount!.Value, parameter.Domain.GridAt))
        : throw new InvalidOperationException("the space has no grid");

    /// <summary>Every trial of a finite space, constraints not looked at, the last parameter fastest; lazily.</summary>
    /// <exception cref="InvalidOperationException">The space is not <see cref="IsFinite">finite</see>.</exception>
    public IEnumerable<Hyperparameters> All() => IsFinite
        ? Product(parameter => Values(parameter.Domain.Count!.Value, parameter.Domain.At))
        : throw new InvalidOperationException("the space is not finite");

    /// <summary>The product of what <paramref name="axis"/> says of each parameter, in the branches where it exists.</summary>
    public IEnumerable<Hyperparameters> Product(Func<Parameter, IEnumerable<HyperparameterValue>> axis) =>
        Branches(axis, new HyperparameterValue?[Parameters.Length], 0);

    /// <summary>
    /// Combinations that stand for all: every value of a choice; of a range its ends, and the values that conditions and
    /// constraints name. Constraints are not looked at; lazily.
    /// </summary>
    public IEnumerable<Hyperparameters> Representatives() => Product(Representatives);

    /// <summary>The space of these parameters and of all that their existence hangs on, with the constraints that speak of nothing else.</summary>
    public SearchSpace Project(IEnumerable<string> names)
    {
        var kept = new HashSet<string>();
        var open = new Queue<string>(names.Where(_index.ContainsKey));
        while (open.TryDequeue(out var name))
        {
            if (!kept.Add(name)) continue;
            foreach (var condition in Parameters[_index[name]].When) open.Enqueue(condition.Parameter);
        }
        return new SearchSpace(
            Parameters.Where(parameter => kept.Contains(parameter.Name)),
            Constraints.Where(constraint => constraint.Names.All(kept.Contains)),
            _given);
    }

    private IEnumerable<HyperparameterValue> Representatives(Parameter parameter)
    {
        var domain = parameter.Domain;
        if (domain is ChoiceDomain choice) return choice.Values;
        var conditions = Parameters.SelectMany(child => child.When).Concat(Constraints.SelectMany(constraint => constraint.When));
        var requirements = Constraints.SelectMany(constraint => constraint.Require)
            .Where(requirement => requirement.Parameter == parameter.Name).ToList();
        var bounds = requirements.SelectMany(requirement => new[] { requirement.Min, requirement.Max }).OfType<double>();
        return new[] { domain.FromUnit(0), domain.FromUnit(1) }
            .Concat(conditions.Where(condition => condition.Parameter == parameter.Name).SelectMany(condition => condition.Values))
            .Concat(requirements.SelectMany(requirement => requirement.Values ?? []))
            .Concat(bounds.Select(bound => Number(bound, domain)).Where(domain.Contains))
            .Distinct();
    }

    private static HyperparameterValue Number(double number, ParameterDomain domain) =>
        domain.FromUnit(0) is HyperparameterValue.Integer ? new HyperparameterValue.Integer((long)number) : new HyperparameterValue.Number(number);

    private IEnumerable<Hyperparameters> Branches(Func<Parameter, IEnumerable<HyperparameterValue>> axis, HyperparameterValue?[] values, int depth)
    {
        if (depth == values.Length)
        {
            yield return Collect(values);
            yield break;
        }
        var index = ParentsFirst[depth];
        var choices = Exists(index, values) ? axis(Parameters[index]) : Enumerable.Repeat<HyperparameterValue?>(null, 1);
        foreach (var choice in choices)
        {
            values[index] = choice;
            foreach (var branch in Branches(axis, values, depth + 1)) yield return branch;
        }
        values[index] = null;
    }

    private bool Exists(int index, HyperparameterValue?[] values) => Exists(Parameters[index], name => values[_index[name]]);

    private static bool Exists(Parameter parameter, Func<string, HyperparameterValue?> valueOf)
    {
        foreach (var condition in parameter.When)
            if (!condition.Holds(valueOf(condition.Parameter))) return false;
        return true;
    }

    private Hyperparameters Collect(HyperparameterValue?[] values)
    {
        var entries = new List<KeyValuePair<string, HyperparameterValue>>(values.Length);
        for (var index = 0; index < values.Length; index++)
            if (values[index] is { } value) entries.Add(new(Parameters[index].Name, value));
        return new Hyperparameters(entries);
    }

    private static IEnumerable<HyperparameterValue> Values(long count, Func<long, HyperparameterValue> at)
    {
        for (var index = 0L; index < count; index++) yield return at(index);
    }

    /// <summary>The file's order, but every parameter after those that it depends on; null where that cannot be.</summary>
    private ImmutableArray<int>? OrderParentsFirst()
    {
        var order = new List<int>();
        var placed = new HashSet<string>();
        while (order.Count < Parameters.Length)
        {
            var next = Enumerable.Range(0, Parameters.Length).FirstOrDefault(IsNext, -1);
            if (next < 0) return null;
            order.Add(next);
            placed.Add(Parameters[next].Name);
        }
        return [.. order];

        bool IsNext(int index) =>
            !placed.Contains(Parameters[index].Name) && Parameters[index].When.All(condition => placed.Contains(condition.Parameter));
    }
}
