using System.Runtime.InteropServices;
using Sweep.GpuWorker.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Tests.Models;

[Collection(Torch.Collection)]
public sealed partial class ConvolutionTests(Torch torchFixture)
{
    public static MatrixTheoryData<int, int, int> Layers() => new([1, 2, 3, 16], [1, 2, 8, 16], [3, 5]);

    /// <summary>Against libtorch's own in double precision, while the allocator fills what it hands out.</summary>
    [Theory, MemberData(nameof(Layers))]
    public void Gradients_do_not_depend_on_what_lay_in_memory(int input, int output, int kernel)
    {
        _ = torchFixture.Device;
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        using var layer = new Convolution(input, output, kernel, padding: 1);
        var weight = layer.get_parameter("weight")!;
        using (no_grad()) weight.normal_(0, 1, generator);
        var images = randn([2, input, 8, 8], generator: generator).requires_grad_();
        var (exactImages, exactWeight) = (Exact(images), Exact(weight));
        nn.functional.conv2d(exactImages, exactWeight, padding: [1L, 1L]).sum().backward();

        using (new FilledMemory()) layer.call(images).sum().backward();

        Assert.True(images.grad!.to(ScalarType.Float64).allclose(exactImages.grad!, 1e-4, 1e-4));
        Assert.True(weight.grad!.to(ScalarType.Float64).allclose(exactWeight.grad!, 1e-4, 1e-4));
    }

    private static Tensor Exact(Tensor tensor) => tensor.detach().to(ScalarType.Float64).requires_grad_();

    /// <summary>glibc's M_PERTURB: memory comes filled with the byte's complement. 0x7F7F7F7F is 3.4e38, whose sums and products are no numbers.</summary>
    private sealed partial class FilledMemory : IDisposable
    {
        private const int Perturb = -6;

        public FilledMemory() => Assert.Equal(1, SetOption(Perturb, 0x80));

        public void Dispose() => Assert.Equal(1, SetOption(Perturb, 0));

        [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
        private static partial int SetOption(int option, int value);
    }
}
