using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Models;

/// <summary>
/// A 2-D convolution that computes in its input's type: under bfloat16 the weights stay float32, where small updates do not vanish,
/// and are rounded at each use. The gradient comes back in float32.
/// <para>
/// It steers around faults of libtorch 2.10, seen on a CPU with AVX-512. A strided 1×1 convolution writes beyond its buffer on maps of
/// 14 pixels and more: here it is a slice, then one matrix product over all pixels. And with channels first in memory, the gradient of few
/// channels is computed from memory that nobody initialised: here channels always come last, which is also faster, and a single
/// channel, of which nobody can say whether it comes first or last, is given a second one of zeros.
/// </para>
/// </summary>
internal sealed class Convolution : nn.Module<Tensor, Tensor>
{
    private readonly int _kernel;
    private readonly long[] _stride;
    private readonly long[] _padding;

    // Fields are named as in PyTorch's state dict.
    private readonly Parameter weight;
    private readonly Parameter? bias;

    public Convolution(int input, int output, int kernel, int stride = 1, int padding = 0, bool hasBias = false)
        : base(nameof(Convolution))
    {
        _kernel = kernel;
        _stride = [stride, stride];
        _padding = [padding, padding];
        weight = nn.Parameter(empty(output, input, kernel, kernel, dtype: ScalarType.Float32));
        if (hasBias) bias = nn.Parameter(empty(output, dtype: ScalarType.Float32));
        RegisterComponents();
    }

    /// <param name="input">Images × channels × height × width.</param>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (w, b) = (weight.to(input.dtype), bias?.to(input.dtype));
        if (_kernel == 1)
            return nn.functional.linear(ChannelsLast(EveryPixel(input, (int)_stride[0])), w.flatten(1), b).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
        if (w.shape[1] == 1 && input.requires_grad) (input, w) = (WithSecondChannel(input), WithSecondChannel(w));
        return nn.functional.conv2d(ChannelsLast(input).permute(0, 3, 1, 2), w, b, _stride, _padding).MoveToOuterDisposeScope();
    }

    /// <summary>Images × height × width × channels; a copy only where memory is not in this order already.</summary>
    private static Tensor ChannelsLast(Tensor input) => input.permute(0, 2, 3, 1).contiguous();

    private static Tensor WithSecondChannel(Tensor tensor) => nn.functional.pad(tensor, [0, 0, 0, 0, 0, 1]);

    /// <summary>Every <paramref name="stride"/>-th pixel both ways; the input itself for 1.</summary>
    internal static Tensor EveryPixel(Tensor input, int stride) =>
        stride == 1 ? input : input.slice(2, 0, input.shape[2], stride).slice(3, 0, input.shape[3], stride);
}
