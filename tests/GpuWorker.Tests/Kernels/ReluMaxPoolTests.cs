using Sweep.GpuWorker.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Tests.Kernels;

[Collection(Torch.Collection)]
public sealed class ReluMaxPoolTests
{
    /// <summary>Channels as in the network, of a full vector and more, and such as no vectors cover; sides even and odd.</summary>
    [Theory]
    [InlineData(6, 24, 24)]
    [InlineData(16, 8, 8)]
    [InlineData(32, 5, 7)]
    [InlineData(6, 7, 5)]
    [InlineData(1, 9, 4)]
    [InlineData(20, 6, 6)]
    [InlineData(3, 2, 2)]
    public void Agrees_with_two_layers_in_every_bit(int channels, int height, int width)
    {
        using var scope = NewDisposeScope();
        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            var images = Images(type, channels, height, width);
            var (output, gradient) = Train(images, ReluMaxPool.Forward);
            var (expectedOutput, expectedGradient) = Train(images, input => nn.functional.max_pool2d(input.relu(), 2));

            Assert.True(output.HasValuesOf(expectedOutput));
            Assert.True(gradient.HasValuesOf(expectedGradient));
        }
    }

    [Fact]
    public void Of_equal_pixels_the_first_takes_the_gradient()
    {
        using var scope = NewDisposeScope();
        var (_, gradient) = Train(ones(1, 6, 2, 2), ReluMaxPool.Forward);

        Assert.True(gradient.sum([2, 3]).HasValuesOf(gradient[.., .., 0, 0]));
        Assert.True(gradient[.., .., 0, 0].ne(0).all().item<bool>());
    }

    [Fact]
    public void What_is_not_positive_takes_no_gradient()
    {
        using var scope = NewDisposeScope();
        var (output, gradient) = Train(-ones(1, 6, 2, 2), ReluMaxPool.Forward);

        Assert.Equal(0, output.abs().sum().item<float>());
        Assert.Equal(0, gradient.abs().sum().item<float>());
    }

    [Fact]
    public void Not_a_number_stays_one()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var images = ones(1, 6, 4, 4);
        images[0, 2, 1, 0] = float.NaN;

        Assert.Equal(1, ReluMaxPool.Forward(images).isnan().sum().item<long>());
    }

    private static (Tensor Output, Tensor Gradient) Train(Tensor images, Func<Tensor, Tensor> layer)
    {
        var input = images.detach().clone().requires_grad_();
        // The clone of a leaf: libtorch's ReLU may then work in place.
        var output = layer(input.clone());
        var weights = (arange(output.NumberOfElements) + 1).view(output.shape).to(output.dtype);
        ManagedBackward.Run((output * weights).sum());
        return (output.detach(), input.grad!);
    }

    /// <summary>Small whole numbers, so that equal ones meet; channels last in memory.</summary>
    private static Tensor Images(ScalarType type, long channels, long height, long width)
    {
        using var generator = new Generator(7, CPU);
        return randint(-3, 4, [3, height, width, channels], generator: generator).to(type).permute(0, 3, 1, 2);
    }
}
