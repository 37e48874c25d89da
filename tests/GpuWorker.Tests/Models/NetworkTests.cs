using Sweep.GpuWorker.Models;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using TorchSharp;

namespace Sweep.GpuWorker.Tests.Models;

[Collection(Torch.Collection)]
public sealed class NetworkTests
{
    private static readonly ImageShape Cifar = new(3, 32, 32);
    private static readonly ModelSettings Small = new(ModelFamily.Resnet, Blocks: [1, 1], Widths: [4, 8]);

    public static TheoryData<string, int> PresetsAndClasses
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var preset in ModelPreset.All)
                foreach (var classes in new[] { 10, 100 }) data.Add(preset.Name, classes);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(PresetsAndClasses))]
    public void Every_preset_has_the_parameters_that_arithmetic_says(string name, int classes)
    {
        using var network = new ResNet(Preset(name), Cifar, classes);
        Assert.Equal(ModelShape.Of(Preset(name), Cifar, classes).Parameters, Parameters(network));
    }

    [Theory]
    [InlineData("resnet20", ShortcutKind.IdentityPadding, 269_722, 275_572)]
    [InlineData("resnet20", ShortcutKind.Projection, 272_474, 278_324)]
    [InlineData("resnet32", ShortcutKind.IdentityPadding, 464_154, 470_004)]
    [InlineData("resnet56", ShortcutKind.IdentityPadding, 853_018, 858_868)]
    [InlineData("resnet110", ShortcutKind.IdentityPadding, 1_727_962, 1_733_812)]
    [InlineData("resnet18", ShortcutKind.Projection, 11_173_962, 11_220_132)]
    [InlineData("resnet50", ShortcutKind.Projection, 23_520_842, 23_705_252)]
    public void Presets_have_the_published_numbers_of_parameters(string name, ShortcutKind shortcut, long for10, long for100)
    {
        using var with10 = new ResNet(Preset(name) with { Shortcut = shortcut }, Cifar, 10);
        using var with100 = new ResNet(Preset(name) with { Shortcut = shortcut }, Cifar, 100);
        Assert.Equal((for10, for100), (Parameters(with10), Parameters(with100)));
    }

    [Theory]
    [InlineData(10, 690_266)]
    [InlineData(100, 701_876)]
    public void Four_stages_of_two_blocks_have_the_parameters_that_were_counted(int classes, long parameters)
    {
        using var network = Create(new ModelSettings(ModelFamily.Resnet, Blocks: [2, 2, 2, 2], Widths: [16, 32, 64, 128]), Cifar, classes);
        Assert.Equal(parameters, Parameters(network));
    }

    [Theory]
    [InlineData(BlockKind.Basic, ShortcutKind.IdentityPadding, 32)]
    [InlineData(BlockKind.Basic, ShortcutKind.Projection, 32)]
    [InlineData(BlockKind.Bottleneck, ShortcutKind.IdentityPadding, 32)]
    [InlineData(BlockKind.Bottleneck, ShortcutKind.Projection, 32)]
    [InlineData(BlockKind.Basic, ShortcutKind.IdentityPadding, 7)]
    public void Any_layout_gives_one_logit_a_class_and_trains_every_parameter(BlockKind block, ShortcutKind shortcut, int side)
    {
        var model = new ModelSettings(ModelFamily.Resnet, block, shortcut, [1, 2, 1], [4, 6, 12]);
        var image = new ImageShape(1, side, side);
        using var scope = torch.NewDisposeScope();
        using var network = Create(model, image, 7);
        Assert.Equal(ModelShape.Of(model, image, 7).Parameters, Parameters(network));
        var logits = network.call(torch.randn(2, 1, side, side));
        Assert.Equal([2L, 7L], logits.shape);
        logits.sum().backward();
        Assert.All(network.parameters(), parameter => Assert.NotNull(parameter.grad));
    }

    [Theory]
    [InlineData(28)]
    [InlineData(16)]
    [InlineData(32)]
    public void Mnist_cnn_adapts_to_the_image(int side)
    {
        var model = new ModelSettings(ModelFamily.MnistCnn);
        var image = new ImageShape(1, side, side);
        using var scope = torch.NewDisposeScope();
        using var network = Create(model, image, 10);
        Assert.Equal(ModelShape.Of(model, image, 10).Parameters, Parameters(network));
        Assert.Equal([2L, 10L], network.call(torch.randn(2, 1, side, side)).shape);
    }

    [Fact]
    public void A_model_that_does_not_fit_the_images_is_refused() =>
        Assert.Throws<ArgumentException>(() => Create(new ModelSettings(ModelFamily.MnistCnn), new ImageShape(1, 8, 8), 10));

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(1, 2, 0)]
    [InlineData(3, 2, 1)]
    [InlineData(5, 1, 0)]
    public void A_convolution_is_what_libtorch_computes_in_double_precision(int kernel, int stride, int padding)
    {
        using var scope = torch.NewDisposeScope();
        using var layer = new Convolution(4, 6, kernel, stride, padding, hasBias: true);
        using (torch.no_grad())
            foreach (var parameter in layer.parameters()) parameter.normal_();
        layer.to(torch.ScalarType.Float64);
        var input = torch.randn(3, 4, 15, 14, dtype: torch.ScalarType.Float64);
        var (weight, bias) = (layer.get_parameter("weight")!, layer.get_parameter("bias")!);
        var expected = torch.nn.functional.conv2d(input, weight, bias, [stride, stride], [padding, padding]);
        Assert.True(layer.call(input).allclose(expected, 1e-12, 1e-12));
    }

    [Fact]
    public void The_state_dict_has_torchvision_s_names()
    {
        using var network = Create(new ModelSettings(ModelFamily.Resnet, Shortcut: ShortcutKind.Projection, Blocks: [1, 1], Widths: [4, 8]), Cifar, 10);
        Assert.Equal(
            [
                "bn1.bias", "bn1.num_batches_tracked", "bn1.running_mean", "bn1.running_var", "bn1.weight", "conv1.weight", "fc.bias", "fc.weight",
                .. Block("layer1.0"), .. Block("layer2.0"),
                "layer2.0.downsample.0.weight", .. Norm("layer2.0.downsample.1"),
            ],
            network.state_dict().Keys.Order(StringComparer.Ordinal));

        static IEnumerable<string> Block(string name) =>
            [.. Norm($"{name}.bn1"), .. Norm($"{name}.bn2"), $"{name}.conv1.weight", $"{name}.conv2.weight"];

        static IEnumerable<string> Norm(string name) =>
            [$"{name}.bias", $"{name}.num_batches_tracked", $"{name}.running_mean", $"{name}.running_var", $"{name}.weight"];
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_gives_others()
    {
        using var scope = torch.NewDisposeScope();
        using var first = Create(Small, Cifar, 10, seed: 1);
        torch.randn(10);
        using var second = Create(Small, Cifar, 10, seed: 1);
        using var third = Create(Small, Cifar, 10, seed: 2);
        Assert.All(first.state_dict(), entry => Assert.True(entry.Value.HasBitsOf(second.state_dict()[entry.Key])));
        Assert.False(first.state_dict()["conv1.weight"].HasBitsOf(third.state_dict()["conv1.weight"]));
    }

    [Fact]
    public void Kaiming_convolutions_have_variance_two_over_fan_out()
    {
        using var network = Create(Small with { Widths = [64, 64] }, Cifar, 10);
        var weight = network.state_dict()["layer1.0.conv1.weight"];
        Assert.Equal(Math.Sqrt(2.0 / (64 * 9)), weight.std().item<float>(), 0.001);
        Assert.Equal(0, weight.mean().item<float>(), 0.001);
    }

    [Fact]
    public void Pytorch_s_default_is_uniform_in_one_over_the_root_of_fan_in()
    {
        using var network = Create(Small with { Init = InitKind.PytorchDefault }, Cifar, 10);
        var weight = network.state_dict()["conv1.weight"];
        var bound = 1 / Math.Sqrt(27);
        Assert.InRange(weight.abs().max().item<float>(), 0.8 * bound, bound);
    }

    [Fact]
    public void Under_bfloat16_weights_and_logits_stay_float32_and_are_close()
    {
        using var scope = torch.NewDisposeScope();
        using var exact = Create(Small, Cifar, 10);
        using var rounded = Network.Create(Small, Cifar, 10, Precision.BFloat16, 1);
        using var generator = new torch.Generator(1, torch.CPU);
        var images = torch.randn([8, 3, 32, 32], generator: generator);
        var (expected, logits) = (exact.call(images), rounded.call(images));
        Assert.Equal(torch.ScalarType.Float32, logits.dtype);
        Assert.False(logits.detach().HasBitsOf(expected.detach()));
        Assert.True((logits - expected).abs().max().item<float>() < 0.2);
        logits.sum().backward();
        Assert.All(rounded.parameters(), parameter => Assert.Equal(torch.ScalarType.Float32, parameter.grad!.dtype));
    }

    [Theory]
    [InlineData(BlockKind.Basic, ShortcutKind.IdentityPadding)]
    [InlineData(BlockKind.Basic, ShortcutKind.Projection)]
    [InlineData(BlockKind.Bottleneck, ShortcutKind.Projection)]
    public void Gradients_never_come_from_memory_that_nobody_initialised(BlockKind block, ShortcutKind shortcut)
    {
        var model = new ModelSettings(ModelFamily.Resnet, block, shortcut, [1, 1, 1, 1, 1], [4, 6, 8, 8, 8]);
        for (var repetition = 0; repetition < 5; repetition++)
        {
            using var scope = torch.NewDisposeScope();
            using var network = Create(model, new ImageShape(1, 28, 28), 10);
            FillFreeMemoryWithNaN();
            var logits = network.call(torch.randn(5, 1, 28, 28));
            FillFreeMemoryWithNaN();
            logits.sum().backward();
            Assert.All(network.parameters(), parameter => Assert.True(parameter.grad!.isfinite().all().item<bool>()));
        }
    }

    private static void FillFreeMemoryWithNaN()
    {
        using var scope = torch.NewDisposeScope();
        for (var size = 4; size < 1 << 18; size *= 2) torch.full(size, double.NaN, dtype: torch.ScalarType.Float32);
    }

    private static torch.nn.Module<torch.Tensor, torch.Tensor> Create(ModelSettings model, ImageShape image, int classes, long seed = 1) =>
        Network.Create(model, image, classes, Precision.Float32, seed);

    private static ModelSettings Preset(string name)
    {
        var preset = ModelPreset.All.Single(one => one.Name == name);
        return new ModelSettings(ModelFamily.Resnet, preset.Block, preset.Shortcut, preset.Blocks, preset.Widths);
    }

    private static long Parameters(torch.nn.Module network) => network.parameters().Sum(parameter => parameter.numel());
}
