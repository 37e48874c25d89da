using Sweep.GpuWorker.Data;
using Sweep.Shared;
using Sweep.Shared.Datasets;

namespace Sweep.GpuWorker.Tests.Data;

public sealed class AugmentationTests
{
    private static readonly ImageShape Shape = new(2, 3, 4);
    private static readonly byte[] Image = [.. Enumerable.Range(1, 24).Select(value => (byte)(value * 10))];
    private static readonly ImageWriter Writer = new(Shape, new Normalization([0.5f, 0.25f], [0.5f, 0.25f]));
    private static readonly AugmentationDraw Nothing = new(0, 0, Flip: false, Radians: 0, 0, 0);

    [Fact]
    public void Pixels_are_normalised_and_their_channels_come_together()
    {
        var output = Plain();
        Assert.Equal((10 / 255f - 0.5f) / 0.5f, output[0], 1e-6f);
        Assert.Equal((130 / 255f - 0.25f) / 0.25f, output[1], 1e-6f);
        Assert.Equal((20 / 255f - 0.5f) / 0.5f, output[2], 1e-6f);
    }

    [Fact]
    public void A_draw_that_does_nothing_changes_nothing() => Assert.Equal(Plain(), Augmented(Nothing));

    [Fact]
    public void A_flip_mirrors_columns()
    {
        var (plain, flipped) = (Plain(), Augmented(Nothing with { Flip = true }));
        for (var row = 0; row < 3; row++)
            for (var column = 0; column < 4; column++)
                Assert.Equal(At(plain, row, column, 1), At(flipped, row, 3 - column, 1));
    }

    [Fact]
    public void A_crop_shifts_and_brings_in_black()
    {
        var (plain, cropped) = (Plain(), Augmented(Nothing with { Top = 1, Left = -1 }));
        Assert.Equal(At(plain, 1, 0, 0), At(cropped, 0, 1, 0));
        Assert.Equal(-1, At(cropped, 0, 0, 0));
        Assert.Equal(-1, At(cropped, 2, 2, 1));
    }

    [Fact]
    public void Half_a_turn_mirrors_both_ways()
    {
        var (plain, turned) = (Plain(), Augmented(Nothing with { Radians = Math.PI }));
        for (var row = 0; row < 3; row++)
            for (var column = 0; column < 4; column++)
                Assert.Equal(At(plain, row, column, 0), At(turned, 2 - row, 3 - column, 0), 1e-4f);
    }

    [Fact]
    public void A_rotation_sees_the_cropped_and_flipped_image()
    {
        var draw = new AugmentationDraw(1, 1, Flip: true, Radians: 0, 0, 0);
        var (cropped, turned) = (Augmented(draw), Augmented(draw with { Radians = 2 * Math.PI }));
        Assert.All(cropped.Zip(turned), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void Cutout_zeroes_a_square_and_stops_at_the_border()
    {
        var cut = Augmented(Nothing with { CutRow = 0, CutColumn = 3 }, cutout: 2);
        var zeroed = Enumerable.Range(0, 12).Where(pixel => cut[2 * pixel] == 0 && cut[2 * pixel + 1] == 0);
        Assert.Equal([2, 3], zeroed);
    }

    [Fact]
    public void Every_image_of_every_epoch_has_its_own_draw_and_always_the_same()
    {
        var settings = new AugmentationSettings(Enabled: true, CropPadding: 4, RotationDegrees: 15, Cutout: 8);
        var shape = new ImageShape(3, 32, 32);
        var draws = Enumerable.Range(0, 200).Select(position => AugmentationDraw.At(settings, shape, 1, 1, position)).ToList();
        Assert.Equal(200, draws.Distinct().Count());
        Assert.Equal(draws[17], AugmentationDraw.At(settings, shape, 1, 1, 17));
        Assert.NotEqual(draws[17], AugmentationDraw.At(settings, shape, 1, 2, 17));
        Assert.NotEqual(draws[17], AugmentationDraw.At(settings, shape, 2, 1, 17));
        Assert.Equal(Enumerable.Range(-4, 9), draws.Select(draw => draw.Top).Distinct().Order());
        Assert.InRange(draws.Count(draw => draw.Flip), 70, 130);
        Assert.All(draws, draw => Assert.InRange(draw.Radians, -Math.PI / 12, Math.PI / 12));
    }

    [Fact]
    public void What_is_turned_off_stays_off()
    {
        var settings = new AugmentationSettings(Enabled: true, CropPadding: 0, HorizontalFlip: false);
        Assert.All(
            Enumerable.Range(0, 50).Select(position => AugmentationDraw.At(settings, Shape, 1, 1, position)),
            draw => Assert.Equal((0, 0, false, 0.0), (draw.Top, draw.Left, draw.Flip, draw.Radians)));
    }

    private static float[] Plain()
    {
        var output = new float[Shape.Pixels];
        Writer.Write(Image, output);
        return output;
    }

    private static float[] Augmented(AugmentationDraw draw, int cutout = 0)
    {
        var output = new float[Shape.Pixels];
        Writer.Write(Image, output, draw, cutout);
        return output;
    }

    private static float At(float[] output, int row, int column, int channel) => output[(row * 4 + column) * 2 + channel];
}
