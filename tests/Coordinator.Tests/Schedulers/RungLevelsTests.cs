using CsCheck;
using Sweep.Coordinator.Schedulers;

namespace Sweep.Coordinator.Tests.Schedulers;

public sealed class RungLevelsTests
{
    [Theory]
    [InlineData(81, 1, 3, new[] { 1, 3, 9, 27 })]
    [InlineData(243, 1, 3, new[] { 1, 3, 9, 27, 81 })]
    [InlineData(60, 3, 3, new[] { 3, 9, 27 })]
    [InlineData(1000, 1, 10, new[] { 1, 10, 100 })]
    [InlineData(3, 3, 2, new int[0])]
    public void Levels_multiply_and_stay_below_a_full_training(int max, int min, int factor, int[] expected) =>
        Assert.Equal(expected, RungLevels.Below(max, min, factor));

    [Fact]
    public void Each_level_is_the_one_before_times_the_factor_and_the_next_would_not_be_below() =>
        Gen.Select(Gen.Int[1, int.MaxValue], Gen.Int[1, 1_000_000], Gen.Int[2, 1_000_000]).Sample((max, min, factor) =>
        {
            var levels = RungLevels.Below(max, min, factor);
            return levels.IsEmpty
                ? min >= max
                : levels[0] == min && levels[^1] < max && (long)levels[^1] * factor >= max
                    && Enumerable.Zip(levels, levels.Skip(1)).All(pair => pair.First * (long)factor == pair.Second);
        });
}
