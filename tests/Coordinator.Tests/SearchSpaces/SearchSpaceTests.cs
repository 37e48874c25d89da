using CsCheck;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;
using static Sweep.Shared.HyperparameterValue;

namespace Sweep.Coordinator.Tests.SearchSpaces;

public sealed class SearchSpaceTests
{
    private static readonly ChoiceDomain Switch = new([new Flag(true), new Flag(false)]);
    private static readonly ChoiceDomain Paddings = new([new Integer(2), new Integer(4)]);
    private static readonly Condition WhenOn = new("augmentation", [new Flag(true)]);

    [Fact]
    public void A_conditional_parameter_multiplies_only_the_branches_in_which_it_exists()
    {
        var space = new SearchSpace([new("crop_padding", Paddings, [WhenOn]), new("augmentation", Switch), new("cutout", Paddings)]);

        Assert.Equal(
            ["crop_padding=2 augmentation=true cutout=2", "crop_padding=2 augmentation=true cutout=4", "crop_padding=4 augmentation=true cutout=2",
             "crop_padding=4 augmentation=true cutout=4", "augmentation=false cutout=2", "augmentation=false cutout=4"],
            space.Grid().Select(hyperparameters => hyperparameters.ToString()));
    }

    [Fact]
    public void A_condition_may_hang_on_a_conditional_parameter()
    {
        var space = new SearchSpace([new("augmentation", Switch), new("crop_padding", Paddings, [WhenOn]), new("cutout", Paddings, [new("crop_padding", [new Integer(4)])])]);

        Assert.Equal(4, space.Grid().Count());
        Assert.True(space.Contains(Values(("augmentation", new Flag(true)), ("crop_padding", new Integer(4)), ("cutout", new Integer(2)))));
        Assert.False(space.Contains(Values(("augmentation", new Flag(true)), ("crop_padding", new Integer(2)), ("cutout", new Integer(2)))));
        Assert.False(space.Contains(Values(("augmentation", new Flag(true)), ("crop_padding", new Integer(4)))));
    }

    [Fact]
    public void A_constraint_speaks_only_of_trials_that_have_its_parameters()
    {
        var space = new SearchSpace(
            [new("augmentation", Switch), new("crop_padding", Paddings, [WhenOn]), new("cutout", Paddings)],
            [new([new Condition("cutout", [new Integer(4)])], [new Requirement("crop_padding", Max: 2)])]);

        Assert.Equal(5, space.Grid().Count(space.Allows));
        Assert.True(space.Contains(Values(("augmentation", new Flag(false)), ("cutout", new Integer(4)))));
        Assert.False(space.Contains(Values(("augmentation", new Flag(true)), ("crop_padding", new Integer(4)), ("cutout", new Integer(4)))));
    }

    [Fact]
    public void A_space_without_parameters_has_one_trial() => Assert.Equal([Hyperparameters.None], new SearchSpace([]).Grid());

    [Fact]
    public void Strangers_and_cycles_cannot_be_constructed()
    {
        Assert.Throws<ArgumentException>(() => new SearchSpace([new("crop_padding", Paddings, [WhenOn])]));
        Assert.Throws<ArgumentException>(() => new SearchSpace([new("augmentation", Switch, [WhenOn])]));
        Assert.Throws<ArgumentException>(() => new SearchSpace([new("augmentation", Switch), new("augmentation", Switch)]));
    }

    [Fact]
    public void Every_point_of_the_unit_cube_that_is_allowed_lies_in_the_space() =>
        Gen.Select(AnySpace.Finite, Gen.Double[0, 1].Array[4]).Sample((space, point) =>
        {
            var hyperparameters = space.FromUnit(point);
            return space.Allows(hyperparameters) == space.Contains(hyperparameters);
        });

    [Fact]
    public void Hyperparameters_come_back_from_their_point_of_the_unit_cube() =>
        AnySpace.Finite.Sample(space => space.All().All(hyperparameters =>
        {
            var point = space.ToUnit(hyperparameters).Select(coordinate => coordinate ?? 0.5).ToArray();
            return space.FromUnit(point).Equals(hyperparameters);
        }));

    private static Hyperparameters Values(params (string Name, HyperparameterValue Value)[] entries) =>
        new(entries.Select(entry => KeyValuePair.Create(entry.Name, entry.Value)));
}
