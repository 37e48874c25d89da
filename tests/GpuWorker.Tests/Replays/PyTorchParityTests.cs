using Sweep.GpuWorker.Replays;
using Sweep.GpuWorker.Tests.Fixtures;
using Sweep.Shared.Models;
using TorchSharp;

namespace Sweep.GpuWorker.Tests.Replays;

/// <summary>Twenty steps of SGD that PyTorch took, taken again by the code that sweeps train with.</summary>
[Collection(Torch.Collection)]
public sealed class PyTorchParityTests
{
    public static TheoryData<string> Names => ["resnet20", "mnist_cnn", "bottleneck-projection", "four-stages"];

    [Theory]
    [MemberData(nameof(Names))]
    public void In_double_precision_every_loss_is_PyTorch_s(string name)
    {
        var fixture = FixtureFolder.Of(name);
        var losses = Losses(name, fixture, torch.ScalarType.Float64);
        Assert.Equal(20, losses.Length);
        Assert.All(fixture.Losses.Zip(losses), pair => Assert.Equal(1, pair.Second / pair.First, 1e-6));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void In_single_precision_every_loss_is_within_three_times_PyTorch_s_own_noise_at_that_step(string name)
    {
        var fixture = FixtureFolder.Of(name);
        var losses = Losses(name, fixture, torch.ScalarType.Float32);
        for (var step = 0; step < losses.Length; step++)
            Assert.Equal(1, losses[step] / fixture.Losses[step], fixture.SinglePrecisionTolerance[step]);
    }

    private static double[] Losses(string name, FixtureFolder fixture, torch.ScalarType type) =>
        [.. Replay.Losses(Model(name, fixture), fixture.Classes, Fixture.Read(fixture.Path, fixture.Classes), type)];

    private static ModelSettings Model(string name, FixtureFolder fixture) => name switch
    {
        "mnist_cnn" => new ModelSettings(ModelFamily.MnistCnn),
        "resnet20" => new ModelSettings(ModelFamily.Resnet, Blocks: [3, 3, 3], Widths: [16, 32, 64]),
        _ => ModelSection.Read(Path.Combine(fixture.Path, "model.yaml")),
    };
}
