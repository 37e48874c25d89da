using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

/// <summary>
/// A search space as samplers compute with it: a trial is a point with one coordinate a parameter. A range's coordinate lies in [0, 1] on the
/// range's own scale, in the middle of its value where the range has steps; a choice's is the index of its value; NaN stands for a parameter
/// that does not exist in the trial.
/// </summary>
internal sealed class Axes
{
    private readonly Axis[] _axes;
    private readonly Dictionary<string, int> _index;

    public Axes(SearchSpace space)
    {
        Space = space;
        _index = space.Parameters.Select((parameter, index) => (parameter.Name, index)).ToDictionary(pair => pair.Name, pair => pair.index);
        _axes = [.. space.Parameters.Select(parameter => new Axis(parameter.Domain))];
    }

    public SearchSpace Space { get; }

    public int Count => _axes.Length;

    public Axis this[int axis] => _axes[axis];

    public double[] PointOf(Hyperparameters hyperparameters)
    {
        var point = new double[Count];
        Array.Fill(point, double.NaN);
        foreach (var (name, value) in hyperparameters)
            if (_index.TryGetValue(name, out var axis)) point[axis] = _axes[axis].CoordinateOf(value);
        return point;
    }

    public Hyperparameters HyperparametersAt(ReadOnlySpan<double> point)
    {
        var entries = new List<KeyValuePair<string, HyperparameterValue>>(Count);
        for (var axis = 0; axis < Count; axis++)
            if (!double.IsNaN(point[axis])) entries.Add(new(Space.Parameters[axis].Name, _axes[axis].ValueAt(point[axis])));
        return new Hyperparameters(entries);
    }

    /// <summary>A draw of the space's own distribution, with a coordinate for every parameter: <see cref="Settle"/> it.</summary>
    public double[] Draw(ref CounterRandom random)
    {
        var point = new double[Count];
        for (var axis = 0; axis < Count; axis++) point[axis] = _axes[axis].FromUnit(random.NextDouble());
        return point;
    }

    /// <summary>Turns a point with a coordinate for every parameter into the nearest trial, in place.</summary>
    public double[] Settle(double[] point)
    {
        foreach (var axis in Space.ParentsFirst)
            point[axis] = Exists(axis, point) ? _axes[axis].Settle(point[axis]) : double.NaN;
        return point;
    }

    private bool Exists(int axis, double[] point)
    {
        foreach (var condition in Space.Parameters[axis].When)
        {
            var parent = _index[condition.Parameter];
            if (double.IsNaN(point[parent]) || !condition.Holds(_axes[parent].ValueAt(point[parent]))) return false;
        }
        return true;
    }
}

/// <summary>One parameter's domain as coordinates.</summary>
internal sealed class Axis(ParameterDomain domain)
{
    private readonly ChoiceDomain? _choice = domain as ChoiceDomain;

    public ParameterDomain Domain => domain;

    public bool IsChoice => _choice is not null;

    /// <summary>Values of a choice or of a range with steps; null for a continuum.</summary>
    public long? Levels => domain.Count;

    /// <summary>Of a choice's value, by the space's own distribution.</summary>
    public double Probability(int value) => _choice!.Probabilities[value];

    public double CoordinateOf(HyperparameterValue value)
    {
        if (_choice is null) return domain.ToUnit(value);
        for (var index = 0; index < _choice.Values.Count; index++)
            if (_choice.Values[index] == value) return index;
        throw new ArgumentException($"{value} is not one of {_choice.Values}", nameof(value));
    }

    public HyperparameterValue ValueAt(double coordinate) =>
        _choice is null ? domain.FromUnit(coordinate) : _choice.Values[(int)coordinate];

    /// <summary>A coordinate with the domain's distribution, not settled, from one that is uniform in [0, 1].</summary>
    public double FromUnit(double unit) => _choice is null ? unit : CoordinateOf(domain.FromUnit(unit));

    public double Settle(double coordinate)
    {
        if (_choice is not null) return Math.Clamp(Math.Round(coordinate), 0, _choice.Values.Count - 1);
        var inside = Math.Clamp(coordinate, 0, 1);
        return domain.Count is null ? inside : domain.ToUnit(domain.FromUnit(inside));
    }

    /// <summary>The coordinate of the value so many steps away; null beyond an end, and where the axis has no steps.</summary>
    public double? Neighbour(double coordinate, int steps)
    {
        if (domain is not LatticeDomain lattice) return null;
        var number = lattice.FromUnit(coordinate).AsDouble() + steps * lattice.Step;
        var isInside = number > lattice.Min - lattice.Step && number < lattice.Max + lattice.Step;
        return isInside && lattice.CoordinateNear(number) is var neighbour && neighbour != coordinate ? neighbour : null;
    }
}
