using Sweep.Shared.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Models;

/// <summary>
/// Initial weights, from a generator of their own: nothing else that draws random numbers can change them.
/// Batch norm starts with scale 1 and shift 0, which it has already.
/// </summary>
internal static class WeightInitialization
{
    /// <summary>
    /// Fills all convolutions and linear layers, in the order of the state dict.
    /// <para><see cref="InitKind.Kaiming"/>: convolutions normal with variance 2 ÷ fan-out (He et al. 2015b, equation 14), their biases 0;
    /// linear layers as below, as torchvision has it.</para>
    /// <para><see cref="InitKind.PytorchDefault"/>: weights and biases uniform in ±1 ÷ √fan-in.</para>
    /// </summary>
    public static void Apply(nn.Module model, InitKind init, Generator generator)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        foreach (var (_, module) in model.named_modules())
            switch (module)
            {
                case Convolution when init == InitKind.Kaiming: Kaiming(module, generator); break;
                case Convolution or Linear: PytorchDefault(module, generator); break;
            }
    }

    private static void Kaiming(nn.Module layer, Generator generator)
    {
        var weight = layer.get_parameter("weight")!;
        var fanOut = weight.shape[0] * weight.shape[2] * weight.shape[3];
        weight.normal_(0, Math.Sqrt(2.0 / fanOut), generator);
        layer.get_parameter("bias")?.zero_();
    }

    private static void PytorchDefault(nn.Module layer, Generator generator)
    {
        var weight = layer.get_parameter("weight")!;
        var bound = 1 / Math.Sqrt(weight.shape.Skip(1).Aggregate(1L, (product, size) => product * size));
        weight.uniform_(-bound, bound, generator);
        layer.get_parameter("bias")?.uniform_(-bound, bound, generator);
    }
}
