using CsCheck;
using Sweep.Coordinator.Objectives;

namespace Sweep.Coordinator.Tests.Objectives;

public sealed class ParetoFrontTests
{
    [Fact]
    public void One_dominates_another_if_it_is_nowhere_worse_and_somewhere_better()
    {
        Assert.True(ParetoFront.Dominates([1, 2], [1, 3]));
        Assert.False(ParetoFront.Dominates([1, 3], [1, 3]));
        Assert.False(ParetoFront.Dominates([0, 4], [1, 3]));
        Assert.True(ParetoFront.Dominates([1, 3], [1, double.NaN]));
        Assert.False(ParetoFront.Dominates([1, double.NaN], [1, double.NaN]));
    }

    [Fact]
    public void Fronts_are_peeled_off_one_after_the_other() =>
        Assert.Equal([1, 1, 2, 3, 1, 2], ParetoFront.Sort([[0, 5], [2, 2], [2, 3], [3, 3], [5, 0], [6, 0]]));

    [Fact]
    public void A_front_is_what_the_definition_says_it_is() =>
        Gen.Int[0, 5].Array[3].Array[0, 30].Sample(points =>
        {
            var results = points.Select(IReadOnlyList<double> (point) => [.. point.Select(value => (double)value)]).ToList();
            var fronts = ParetoFront.Sort(results);
            Assert.Equal(ParetoFront.First(results).Order(), fronts.Index().Where(entry => entry.Item == 1).Select(entry => entry.Index));
            for (var index = 0; index < results.Count; index++)
            {
                var dominators = Enumerable.Range(0, results.Count).Where(other => ParetoFront.Dominates(results[other], results[index])).ToList();
                Assert.Equal(dominators.Count == 0 ? 1 : dominators.Max(other => fronts[other]) + 1, fronts[index]);
            }
        });

    [Fact]
    public void Hypervolume_is_what_lies_between_the_front_and_the_reference()
    {
        Assert.Equal(0, ParetoFront.Hypervolume([[2, 0]], [1, 1]));
        Assert.Equal(0.25, ParetoFront.Hypervolume([[0.5, 0.5]], [1, 1]), 12);
        Assert.Equal(0.5 + 0.25, ParetoFront.Hypervolume([[0, 0.5], [0.5, 0], [0.6, 0.6]], [1, 1]), 12);
        Assert.Equal(1 - 0.125, ParetoFront.Hypervolume([[0, 0, 0.5], [0, 0.5, 0], [0.5, 0, 0]], [1, 1, 1]), 12);
    }
}
