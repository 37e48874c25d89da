using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Models;

/// <summary>
/// A 2-D convolution that computes in its input's type: under bfloat16 the weights stay float32, where small updates do not vanish,
/// and are rounded at each use. The gradient comes back in float32.
/// </summary>
internal sealed class Convolution : nn.Module<Tensor, Tensor>
{
    private readonly long[] _stride;
    private readonly long[] _padding;

    // Fields are named as in PyTorch's state dict.
    private readonly Parameter weight;
    private readonly Parameter? bias;

    public Convolution(int input, int output, int kernel, int stride = 1, int padding = 0, bool hasBias = false)
        : base(nameof(Convolution))
    {
        _stride = [stride, stride];
        _padding = [padding, padding];
        weight = nn.Parameter(empty(output, input, kernel, kernel, dtype: ScalarType.Float32));
        if (hasBias) bias = nn.Parameter(empty(output, dtype: ScalarType.Float32));
        RegisterComponents();
    }

    /// <param name="input">Images × channels × height × width.</param>
    public override Tensor forward(Tensor input)
    {
        if (input.dtype == weight.dtype) return nn.functional.conv2d(input, weight, bias, _stride, _padding);
        using var rounded = weight.to(input.dtype);
        using var roundedBias = bias?.to(input.dtype);
        return nn.functional.conv2d(input, rounded, roundedBias, _stride, _padding);
    }
}
