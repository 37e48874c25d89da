using Sweep.Coordinator.Samplers;

namespace Sweep.Coordinator.Tests.Samplers;

public sealed class SobolSequenceTests
{
    /// <summary>From Joe and Kuo's own generator, in the order without Gray codes: the first eight points in three dimensions.</summary>
    [Fact]
    public void Before_scrambling_the_points_are_the_published_ones()
    {
        double[][] expected =
        [
            [0, 0, 0], [0.5, 0.5, 0.5], [0.25, 0.75, 0.75], [0.75, 0.25, 0.25],
            [0.125, 0.625, 0.375], [0.625, 0.125, 0.875], [0.375, 0.375, 0.625], [0.875, 0.875, 0.125],
        ];

        for (var index = 0u; index < expected.Length; index++)
            Assert.Equal(expected[index], Enumerable.Range(0, 3).Select(dimension => SobolSequence.Unscrambled(dimension, index) / 4294967296.0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    [InlineData(768)]
    public void Each_of_256_cells_of_every_axis_has_one_of_256_points(int from)
    {
        var sequence = new SobolSequence(40, seed: 7);
        var points = Enumerable.Range(from, 256).Select(index => sequence.At((uint)index)).ToList();

        for (var axis = 0; axis < 32; axis++)
            Assert.Equal(256, points.Select(point => (int)(point[axis] * 256)).Distinct().Count());
        Assert.All(points.SelectMany(point => point), coordinate => Assert.InRange(coordinate, 0, 1 - 1e-12));
    }

    [Fact]
    public void Each_rectangle_of_a_256th_of_the_first_two_axes_has_one_of_256_points()
    {
        var sequence = new SobolSequence(2, seed: 3);
        var points = Enumerable.Range(0, 256).Select(index => sequence.At((uint)index)).ToList();

        for (var columns = 1; columns <= 256; columns *= 2)
            Assert.Equal(256, points.Select(point => ((int)(point[0] * columns), (int)(point[1] * (256 / columns)))).Distinct().Count());
    }

    [Fact]
    public void Another_seed_scrambles_otherwise() => Assert.NotEqual(new SobolSequence(3, 1).At(5), new SobolSequence(3, 2).At(5));
}
