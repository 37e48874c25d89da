using CsCheck;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;
using static Sweep.Shared.HyperparameterValue;

namespace Sweep.Coordinator.Tests.SearchSpaces;

public sealed class ParameterDomainTests
{
    [Fact]
    public void A_lattice_counts_without_drift()
    {
        var tenths = new LatticeDomain(0.1, 1.0, 0.1, Scale.Linear, wholeNumbers: false, isGrid: true);
        var thousandths = new LatticeDomain(-1, 1, 0.001, Scale.Linear, wholeNumbers: false);

        Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0], Values(tenths));
        Assert.Equal(new Number(-0.001), thousandths.At(999));
    }

    [Fact]
    public void Both_ends_belong_even_where_the_step_does_not_divide_the_range()
    {
        var domain = new LatticeDomain(0, 10, 4, Scale.Linear, wholeNumbers: true);

        Assert.Equal([0, 4, 8, 10], Values(domain));
        Assert.True(domain.Contains(new Integer(10)));
        Assert.False(domain.Contains(new Integer(9)));
    }

    [Fact]
    public void Points_are_spread_evenly_on_the_scale()
    {
        var linear = new ContinuousDomain(0, 1, Scale.Linear, points: 5);
        var log = new ContinuousDomain(0.001, 1, Scale.Log, points: 4);
        var whole = new LatticeDomain(1, 16, 1, Scale.Log, wholeNumbers: true, gridPoints: 5);

        Assert.Equal([0, 0.25, 0.5, 0.75, 1], GridValues(linear));
        Assert.Equal([0.001, 0.01, 0.1, 1], GridValues(log));
        Assert.Equal([1, 2, 4, 8, 16], GridValues(whole));
    }

    [Fact]
    public void A_choice_gives_each_value_its_share_of_the_interval()
    {
        var domain = new ChoiceDomain([new Text("a"), new Text("b"), new Text("c")], [0.5, 0.25, 0.25]);

        Assert.Equal("aabc", string.Concat(new[] { 0, 0.499, 0.5, 0.75 }.Select(domain.FromUnit)));
    }

    [Fact]
    public void A_whole_number_on_a_log_scale_has_the_share_of_its_rounding_interval()
    {
        var domain = new LatticeDomain(1, 8, 1, Scale.Log, wholeNumbers: true);
        var share = Math.Log(1.5 / 0.5) / Math.Log(8.5 / 0.5);

        Assert.Equal(new Integer(1), domain.FromUnit(share - 1e-9));
        Assert.Equal(new Integer(2), domain.FromUnit(share + 1e-9));
    }

    [Fact]
    public void Every_coordinate_becomes_a_value_of_the_domain() =>
        Gen.Select(AnyDomain.Domain, Gen.Double[0, 1]).Sample((domain, unit) => domain.Contains(domain.FromUnit(unit)));

    [Fact]
    public void A_value_comes_back_from_its_own_coordinate() =>
        Gen.Select(AnyDomain.Domain, Gen.Double[0, 1]).Sample((domain, unit) =>
        {
            var value = domain.FromUnit(unit);
            var again = domain.FromUnit(domain.ToUnit(value));
            return domain.Count is null ? Math.Abs(domain.ToUnit(again) - domain.ToUnit(value)) < 1e-9 : again == value;
        });

    [Fact]
    public void The_ends_of_the_interval_become_the_ends_of_the_domain() =>
        AnyDomain.Range.Sample(domain =>
        {
            var (low, high) = (domain.FromUnit(0), domain.FromUnit(1));
            return domain.Contains(low) && domain.Contains(high) && (domain.Count is not { } count || low == domain.At(0) && high == domain.At(count - 1));
        });

    [Fact]
    public void The_values_of_a_finite_domain_are_different_ascend_and_belong() =>
        AnyDomain.Range.Where(domain => domain.Count < 1_000).Sample(domain =>
        {
            var values = Values(domain);
            return values.SequenceEqual(values.Distinct().Order()) && Enumerable.Range(0, values.Count).All(index => domain.Contains(domain.At(index)));
        });

    [Fact]
    public void The_points_of_a_grid_are_different_ascend_and_belong() =>
        AnyDomain.Range.Where(domain => domain.GridCount < 1_000).Sample(domain =>
        {
            var values = GridValues(domain);
            return values.SequenceEqual(values.Distinct().Order()) && Enumerable.Range(0, values.Count).All(index => domain.Contains(domain.GridAt(index)));
        });

    [Fact]
    public void Impossible_domains_cannot_be_constructed()
    {
        Assert.Throws<ArgumentException>(() => new ContinuousDomain(1, 1));
        Assert.Throws<ArgumentException>(() => new ContinuousDomain(0, double.NaN));
        Assert.Throws<ArgumentException>(() => new ContinuousDomain(0, 1, Scale.Log));
        Assert.Throws<ArgumentException>(() => new LatticeDomain(0, 1, 2, Scale.Linear, wholeNumbers: false));
        Assert.Throws<ArgumentException>(() => new ChoiceDomain([]));
        Assert.Throws<ArgumentException>(() => new ChoiceDomain([new Flag(true), new Flag(true)]));
        Assert.Throws<ArgumentException>(() => new ChoiceDomain([new Flag(true), new Flag(false)], [0.5, 0.6]));
    }

    private static List<double> Values(ParameterDomain domain) => [.. Enumerable.Range(0, (int)domain.Count!.Value).Select(index => AsDouble(domain.At(index)))];

    private static List<double> GridValues(ParameterDomain domain) =>
        [.. Enumerable.Range(0, (int)domain.GridCount!.Value).Select(index => AsDouble(domain.GridAt(index)))];

    private static double AsDouble(HyperparameterValue value) => value is Integer integer ? integer.Value : ((Number)value).Value;
}
