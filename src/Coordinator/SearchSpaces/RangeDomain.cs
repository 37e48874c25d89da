using Sweep.Shared;

namespace Sweep.Coordinator.SearchSpaces;

/// <summary>Where a range's values lie evenly: in themselves, or in their logarithms.</summary>
public enum Scale { Linear, Log }

/// <summary>All numbers from <see cref="Min"/> to <see cref="Max"/>, both included.</summary>
public sealed record ContinuousDomain : ParameterDomain
{
    /// <param name="min">Below <paramref name="max"/>; above 0 on a logarithmic scale.</param>
    /// <param name="points">How many a grid takes, at least 2; null where no grid may be made.</param>
    /// <exception cref="ArgumentException">Not so.</exception>
    public ContinuousDomain(double min, double max, Scale scale = Scale.Linear, int? points = null)
    {
        RangeRules.Check(min, max, scale);
        if (points < 2) throw new ArgumentException("needs at least 2 points", nameof(points));
        (Min, Max, Scale, Points) = (min, max, scale, points);
    }

    public double Min { get; }

    public double Max { get; }

    public Scale Scale { get; }

    public int? Points { get; }

    public override long? Count => null;

    public override long? GridCount => Points;

    public override HyperparameterValue At(long index) => throw new InvalidOperationException("a continuum cannot be counted");

    /// <summary>The ends as given; between them 12 significant digits, so that a decade is 0.01 and not 0.010000000000000002.</summary>
    public override HyperparameterValue GridAt(long index)
    {
        var last = (Points ?? throw new InvalidOperationException("the domain has no points")) - 1;
        if (index == 0) return new HyperparameterValue.Number(Min);
        if (index == last) return new HyperparameterValue.Number(Max);
        return new HyperparameterValue.Number(double.Parse(Scale.Between(Min, Max, (double)index / last).ToString("G12")));
    }

    public override bool Contains(HyperparameterValue value) =>
        value is HyperparameterValue.Number number && number.Value >= Min && number.Value <= Max;

    public override HyperparameterValue FromUnit(double unit) =>
        new HyperparameterValue.Number(Math.Clamp(Scale.Between(Min, Max, unit), Min, Max));

    public override double ToUnit(HyperparameterValue value) => Scale.Fraction(Min, Max, value.AsDouble());
}

/// <summary>
/// <see cref="Min"/>, <see cref="Min"/> + <see cref="Step"/>, … and <see cref="Max"/>. Both ends always belong;
/// where the step does not divide the range, the last step is a shorter one.
/// </summary>
public sealed record LatticeDomain : ParameterDomain
{
    private readonly long _last;
    private readonly bool _wholeNumbers;
    private readonly double _lowEdge, _highEdge;

    /// <param name="min">Below <paramref name="max"/>; above 0 on a logarithmic scale.</param>
    /// <param name="step">Above 0, and not above the range.</param>
    /// <param name="wholeNumbers">The values are integers (and so are the arguments), else numbers.</param>
    /// <param name="gridPoints">How many a grid takes, spread evenly on the scale; null for all of them where <paramref name="isGrid"/>.</param>
    /// <param name="isGrid">A grid may be made of all values.</param>
    /// <exception cref="ArgumentException">Not so.</exception>
    public LatticeDomain(double min, double max, double step, Scale scale, bool wholeNumbers, int? gridPoints = null, bool isGrid = false)
    {
        RangeRules.Check(min, max, scale);
        if (!(step > 0 && step <= max - min)) throw new ArgumentException("needs a positive step that is not above the range", nameof(step));
        (Min, Max, Step, Scale, _wholeNumbers) = (min, max, step, scale, wholeNumbers);
        _last = (long)Math.Ceiling((max - min) / step - 1e-9);
        // On a logarithmic scale a value stands for all numbers within half a step, of which the lowest must stay positive.
        (_lowEdge, _highEdge) = (Math.Max(min - step / 2, min / 2), max + step / 2);
        if (gridPoints < 2 || gridPoints > Count)
            throw new ArgumentException("needs at least 2 points, and no more than there are values", nameof(gridPoints));
        GridCount = gridPoints ?? (isGrid ? Count : null);
    }

    public double Min { get; }

    public double Max { get; }

    public double Step { get; }

    public Scale Scale { get; }

    public override long? Count => _last + 1;

    public override long? GridCount { get; }

    public override HyperparameterValue At(long index) => Value(index == _last ? Max : Exact(index));

    public override HyperparameterValue GridAt(long index)
    {
        var count = GridCount ?? throw new InvalidOperationException("the domain has neither step nor points");
        if (count == Count) return At(index);
        return index == 0 ? At(0) : At(Math.Max(Nearest(Scale.Between(Min, Max, (double)index / (count - 1))), index));
    }

    public override bool Contains(HyperparameterValue value) =>
        (_wholeNumbers ? value is HyperparameterValue.Integer : value is HyperparameterValue.Number)
        && value.AsDouble() >= Min && value.AsDouble() <= Max
        && At(Nearest(value.AsDouble())) == value;

    public override HyperparameterValue FromUnit(double unit) =>
        Scale == Scale.Linear ? At(CellOf(unit, _last + 1)) : At(Nearest(Scale.Between(_lowEdge, _highEdge, unit)));

    public override double ToUnit(HyperparameterValue value) => Scale == Scale.Linear
        ? (Nearest(value.AsDouble()) + 0.5) / (_last + 1)
        : Scale.Fraction(_lowEdge, _highEdge, value.AsDouble());

    /// <summary>The coordinate, as by <see cref="ToUnit"/>, of the value nearest to <paramref name="number"/>.</summary>
    public double CoordinateNear(double number) => ToUnit(At(Nearest(number)));

    private long Nearest(double number)
    {
        var index = Math.Clamp((long)Math.Round((number - Min) / Step), 0, _last);
        var isLastStep = _last > 0 && index >= _last - 1;
        if (!isLastStep) return index;
        return Math.Abs(number - Max) <= Math.Abs(number - Exact(_last - 1)) ? _last : _last - 1;
    }

    /// <summary>Min + index · step, in decimal digits as far as these reach: in binary, −1 + 999 · 0.001 is not −0.001.</summary>
    private double Exact(long index)
    {
        const double DecimalDigits = 1e12;
        var fits = Math.Max(Math.Abs(Min), Math.Abs(Max)) < DecimalDigits && Step > 1 / DecimalDigits;
        return fits ? (double)((decimal)Min + index * (decimal)Step) : Min + index * Step;
    }

    private HyperparameterValue Value(double number) =>
        _wholeNumbers ? new HyperparameterValue.Integer((long)Math.Round(number)) : new HyperparameterValue.Number(number);
}

internal static class RangeRules
{
    public static void Check(double min, double max, Scale scale)
    {
        if (!double.IsFinite(min) || !double.IsFinite(max) || min >= max)
            throw new ArgumentException($"needs finite min < max, and they are {min} and {max}");
        if (scale == Scale.Log && min <= 0) throw new ArgumentException($"a logarithmic scale needs min > 0, and it is {min}");
    }

    public static double Between(this Scale scale, double low, double high, double fraction) => scale == Scale.Log
        ? Math.Exp(Math.Log(low) + fraction * (Math.Log(high) - Math.Log(low)))
        : low + fraction * (high - low);

    public static double Fraction(this Scale scale, double low, double high, double number) => scale == Scale.Log
        ? (Math.Log(number) - Math.Log(low)) / (Math.Log(high) - Math.Log(low))
        : (number - low) / (high - low);
}
