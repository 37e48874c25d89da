using Sweep.Shared.Datasets;
using Sweep.Shared.Models;

namespace Sweep.Shared.Tests;

public sealed class ModelShapeTests
{
    private static readonly ImageShape Cifar = DatasetFacts.Of(DatasetName.Cifar10).Image;

    public static TheoryData<string> Presets => [.. ModelPreset.All.Select(preset => preset.Name)];

    /// <summary>He et al. 2015 and the common CIFAR variants of the ImageNet networks.</summary>
    [Theory]
    [InlineData("resnet20", 269_722, 275_572)]
    [InlineData("resnet32", 464_154, 470_004)]
    [InlineData("resnet56", 853_018, 858_868)]
    [InlineData("resnet110", 1_727_962, 1_733_812)]
    [InlineData("resnet18", 11_173_962, 11_220_132)]
    [InlineData("resnet50", 23_520_842, 23_705_252)]
    public void Presets_have_their_published_size(string name, long with10Classes, long with100Classes)
    {
        var model = Preset(name);

        Assert.Equal(with10Classes, ModelShape.Of(model, Cifar, 10).Parameters);
        Assert.Equal(with100Classes, ModelShape.Of(model, Cifar, 100).Parameters);
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void A_hundred_classes_cost_ninety_rows_of_the_last_layer(string name)
    {
        var model = Preset(name);

        var rows = ModelShape.Of(model, Cifar, 100).Parameters - ModelShape.Of(model, Cifar, 10).Parameters;

        Assert.Equal(90 * (model.Widths[^1] * model.Expansion + 1), rows);
    }

    [Fact]
    public void Projections_cost_what_their_convolutions_cost()
    {
        var padded = Preset("resnet20");
        var projected = padded with { Shortcut = ShortcutKind.Projection };

        Assert.Equal(2_752, ModelShape.Of(projected, Cifar, 10).Parameters - ModelShape.Of(padded, Cifar, 10).Parameters);
    }

    [Theory]
    [InlineData(10, 690_266)]
    [InlineData(100, 701_876)]
    public void Four_narrow_stages_with_padding(int classes, long parameters) =>
        Assert.Equal(parameters, ModelShape.Of(new ModelSettings(ModelFamily.Resnet, Blocks: [2, 2, 2, 2], Widths: [16, 32, 64, 128]), Cifar, classes).Parameters);

    /// <summary>LeCun et al. 1998, with 10 outputs: 61,706 on images padded to 32×32, 44,426 on 28×28.</summary>
    [Theory]
    [InlineData(28, 44_426)]
    [InlineData(32, 61_706)]
    public void The_small_convolutional_network_has_the_size_of_LeNet(int side, long parameters) =>
        Assert.Equal(parameters, ModelShape.Of(new ModelSettings(ModelFamily.MnistCnn), new ImageShape(1, side, side), 10).Parameters);

    /// <summary>He et al. 2015: 0.27 million parameters and about 41 million multiply-adds.</summary>
    [Fact]
    public void Resnet20_multiplies_about_41_million_times() =>
        Assert.InRange(ModelShape.Of(Preset("resnet20"), Cifar, 10).MultiplyAdds, 40_000_000, 41_500_000);

    [Fact]
    public void A_stage_needs_a_pixel_to_halve()
    {
        var digits = DatasetFacts.Of(DatasetName.Digits).Image;

        Assert.Null(ModelShape.Problem(new ModelSettings(ModelFamily.Resnet, Blocks: [1, 1, 1, 1], Widths: [1, 1, 1, 1]), digits));
        Assert.Equal(
            "stage 5 would shrink below 1×1 pixel on images of 8×8; use at most 4 stages",
            ModelShape.Problem(new ModelSettings(ModelFamily.Resnet, Blocks: [1, 1, 1, 1, 1], Widths: [1, 1, 1, 1, 1]), digits));
    }

    [Fact]
    public void Stages_need_a_width_each()
    {
        var model = new ModelSettings(ModelFamily.Resnet, Blocks: [1, 1], Widths: [16]);

        Assert.Equal("blocks has 2 stages and widths has 1; give one width a stage", ModelShape.Problem(model, Cifar));
        Assert.Throws<ArgumentException>(() => ModelShape.Of(model, Cifar, 10));
    }

    [Fact]
    public void The_small_convolutional_network_needs_16_pixels()
    {
        var model = new ModelSettings(ModelFamily.MnistCnn);

        Assert.NotNull(ModelShape.Problem(model, new ImageShape(1, 15, 15)));
        Assert.Null(ModelShape.Problem(model, new ImageShape(1, 16, 16)));
    }

    private static ModelSettings Preset(string name)
    {
        var preset = ModelPreset.All.Single(candidate => candidate.Name == name);
        return new ModelSettings(ModelFamily.Resnet, preset.Block, preset.Shortcut, preset.Blocks, preset.Widths);
    }
}
