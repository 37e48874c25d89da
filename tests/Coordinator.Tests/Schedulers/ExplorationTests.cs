using CsCheck;
using Sweep.Coordinator.Schedulers;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Schedulers;

public sealed class ExplorationTests
{
    private static readonly SearchSpace Space = TestSweep.Define("""
        name: test
        dataset: {name: digits}
        model: {family: resnet}
        training: {epochs: 4}
        parameters:
          blocks: {values: [[1], [2], [1, 1]]}
          batch_size: {min: 16, max: 64, step: 16}
          learning_rate: {distribution: log_uniform, min: 0.01, max: 1.0}
          momentum: {min: 0.5, max: 0.9, step: 0.1}
          augmentation: {values: [true, false]}
          crop_padding: {values: [0, 1, 2, 3], when: {augmentation: true}}
        constraints:
          - {when: {augmentation: [true]}, require: {momentum: {max: 0.8}}}
        search: {algorithm: random, trials: 5}
        """).Space;

    [Fact]
    public void What_is_explored_lies_in_the_space_and_keeps_the_network_and_its_batches() =>
        Gen.Select(Gen.Long, Gen.Double[0, 1], Gen.Double[0, 1].Array[6]).Sample((seed, resample, point) =>
        {
            var source = Space.FromUnit(point);
            if (!Space.Allows(source)) return;
            var explored = Exploration.Of(Space, source, resample, new CounterRandom(seed));

            Assert.True(Space.Contains(explored), explored.ToString());
            Assert.Equal((source["blocks"], source["batch_size"]), (explored["blocks"], explored["batch_size"]));
        });

    [Fact]
    public void Numbers_move_by_a_fifth_steps_to_another_step_and_choices_to_a_neighbour()
    {
        var source = Space.FromUnit([0.5, 0.5, 0.5, 0.5, 0, 0.4]);
        var explored = Enumerable.Range(0, 200).Select(seed => Exploration.Of(Space, source, 0, new CounterRandom(seed))).ToList();

        Assert.Equal(2, explored.Select(one => one["learning_rate"]).Distinct().Count());
        Assert.All(explored, one => Assert.Contains(one["learning_rate"]!.AsDouble() / source["learning_rate"]!.AsDouble(), new[] { 0.8, 1.2 }, new Within(1e-9)));
        Assert.Equal(["0.6", "0.8"], explored.Select(one => one["momentum"]!.ToString()).Distinct().Order());
        Assert.Equal(["0", "2"], explored.Where(one => one["crop_padding"] is not null).Select(one => one["crop_padding"]!.ToString()).Distinct().Order());
        Assert.Contains(explored, one => one["augmentation"] == new HyperparameterValue.Flag(false) && one["crop_padding"] is null);
    }

    [Fact]
    public void Where_constraints_leave_no_change_the_source_stays_as_it_is()
    {
        var space = TestSweep.Define("""
            name: test
            dataset: {name: digits}
            model: {family: resnet, blocks: [1]}
            training: {epochs: 4}
            parameters:
              batch_size: {values: [16, 32]}
              momentum: {values: [0.1, 0.2, 0.3]}
            constraints:
              - {when: {batch_size: [16]}, require: {momentum: {values: [0.1]}}}
              - {when: {batch_size: [32]}, require: {momentum: {values: [0.1, 0.3]}}}
            search: {algorithm: grid}
            """).Space;
        var source = space.FromUnit([0.9, 0.9]);

        for (var seed = 0; seed < 20; seed++) Assert.Equal(source, Exploration.Of(space, source, 0, new CounterRandom(seed)));
    }

    private sealed class Within(double margin) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < margin;

        public int GetHashCode(double obj) => 0;
    }
}
