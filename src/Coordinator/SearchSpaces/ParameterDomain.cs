using Sweep.Shared;

namespace Sweep.Coordinator.SearchSpaces;

/// <summary>The values that one parameter may take. Every domain is also an interval [0, 1], for samplers that think in unit cubes.</summary>
public abstract record ParameterDomain
{
    /// <summary>How many values there are; null for a continuum.</summary>
    public abstract long? Count { get; }

    /// <summary>How many values a grid takes; null where the domain does not say which.</summary>
    public abstract long? GridCount { get; }

    /// <summary>The values of a finite domain, in order; index from 0 to <see cref="Count"/> − 1.</summary>
    public abstract HyperparameterValue At(long index);

    /// <summary>The values of a grid, in order; index from 0 to <see cref="GridCount"/> − 1.</summary>
    public abstract HyperparameterValue GridAt(long index);

    public abstract bool Contains(HyperparameterValue value);

    /// <summary>A uniform <paramref name="unit"/> in [0, 1] becomes a value with the domain's distribution; quantised where the domain is.</summary>
    public abstract HyperparameterValue FromUnit(double unit);

    /// <summary>The inverse of <see cref="FromUnit"/>; where many numbers lead to one value, one well inside them.</summary>
    public abstract double ToUnit(HyperparameterValue value);

    protected static long CellOf(double unit, long cells) => Math.Clamp((long)(unit * cells), 0, cells - 1);
}

/// <summary>One of several values, none of them nearer to another than the rest.</summary>
public sealed record ChoiceDomain : ParameterDomain
{
    private readonly Dictionary<HyperparameterValue, int> _indexes;
    private readonly double[] _upperEdges;

    /// <param name="values">At least one, all different.</param>
    /// <param name="probabilities">Positive, one a value, of sum 1; null for equal ones.</param>
    /// <exception cref="ArgumentException">Not so.</exception>
    public ChoiceDomain(IEnumerable<HyperparameterValue> values, IReadOnlyList<double>? probabilities = null)
    {
        Values = values.ToValueArray();
        _indexes = Values.Distinct().Select((value, index) => (value, index)).ToDictionary(pair => pair.value, pair => pair.index);
        if (Values.Count == 0 || _indexes.Count != Values.Count) throw new ArgumentException("needs different values, at least one", nameof(values));
        Probabilities = (probabilities ?? [.. Enumerable.Repeat(1.0 / Values.Count, Values.Count)]).ToValueArray();
        if (Probabilities.Count != Values.Count || Probabilities.Any(p => !(p > 0)) || Math.Abs(Probabilities.Sum() - 1) > 1e-6)
            throw new ArgumentException("needs one positive probability a value, of sum 1", nameof(probabilities));
        var sum = Probabilities.Sum();
        var upper = 0.0;
        _upperEdges = [.. Probabilities.Select(p => upper += p / sum)];
    }

    public ValueArray<HyperparameterValue> Values { get; }

    public ValueArray<double> Probabilities { get; }

    public override long? Count => Values.Count;

    public override long? GridCount => Values.Count;

    public override HyperparameterValue At(long index) => Values[(int)index];

    public override HyperparameterValue GridAt(long index) => At(index);

    public override bool Contains(HyperparameterValue value) => _indexes.ContainsKey(value);

    /// <summary>The place of one of the values, from 0.</summary>
    public int IndexOf(HyperparameterValue value) => _indexes[value];

    public override HyperparameterValue FromUnit(double unit)
    {
        for (var index = 0; index < _upperEdges.Length - 1; index++)
            if (unit < _upperEdges[index]) return Values[index];
        return Values[^1];
    }

    public override double ToUnit(HyperparameterValue value)
    {
        if (!_indexes.TryGetValue(value, out var index)) throw new ArgumentException($"{value} is not one of {Values}", nameof(value));
        var lower = index == 0 ? 0 : _upperEdges[index - 1];
        return (lower + _upperEdges[index]) / 2;
    }

    public bool Equals(ChoiceDomain? other) => other is not null && Values == other.Values && Probabilities == other.Probabilities;

    public override int GetHashCode() => HashCode.Combine(Values, Probabilities);
}
