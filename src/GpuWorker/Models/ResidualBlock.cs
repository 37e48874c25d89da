using Sweep.GpuWorker.Kernels;
using Sweep.Shared.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Models;

/// <summary>y = ReLU(F(x) + shortcut(x)), with batch norm after each convolution of F (He et al. 2015, equation 2 and figure 5).</summary>
internal abstract class ResidualBlock : nn.Module<Tensor, Tensor>
{
    private readonly int _stride;
    private readonly int _missingChannels;

    // Fields are named as torchvision's: their names become the state dict's.
    private readonly Sequential? downsample;

    protected ResidualBlock(string name, int input, int output, int stride, ShortcutKind shortcut)
        : base(name)
    {
        _stride = stride;
        _missingChannels = output - input;
        if (shortcut == ShortcutKind.Projection && (stride != 1 || input != output))
            downsample = nn.Sequential(new Convolution(input, output, 1, stride), nn.BatchNorm2d(output));
    }

    public sealed override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (residual, norm) = Residual(input);
        return BatchNormRelu.Forward(norm, residual, Shortcut(input)).MoveToOuterDisposeScope();
    }

    /// <summary>F(x) but for its last batch norm.</summary>
    protected abstract (Tensor Residual, BatchNorm2d Norm) Residual(Tensor input);

    /// <summary>
    /// The input itself where shapes agree. Else a projection (option B), or every <c>stride</c>-th pixel with zeros for the channels
    /// that the input lacks, after its own (option A): strided first, since padding first would move four times the memory.
    /// </summary>
    private Tensor Shortcut(Tensor input)
    {
        if (downsample is not null) return downsample.call(input);
        input = Convolution.EveryPixel(input, _stride);
        return _missingChannels == 0 ? input : nn.functional.pad(input, [0, 0, 0, 0, 0, _missingChannels]);
    }
}

/// <summary>Two 3×3 convolutions, the first with the stride.</summary>
internal sealed class BasicBlock : ResidualBlock
{
    private readonly Convolution conv1, conv2;
    private readonly BatchNorm2d bn1, bn2;

    public BasicBlock(int input, int width, int stride, ShortcutKind shortcut)
        : base(nameof(BasicBlock), input, width, stride, shortcut)
    {
        conv1 = new Convolution(input, width, 3, stride, padding: 1);
        bn1 = nn.BatchNorm2d(width);
        conv2 = new Convolution(width, width, 3, padding: 1);
        bn2 = nn.BatchNorm2d(width);
        RegisterComponents();
    }

    protected override (Tensor Residual, BatchNorm2d Norm) Residual(Tensor input)
    {
        var hidden = BatchNormRelu.Forward(bn1, conv1.call(input));
        return (conv2.call(hidden), bn2);
    }
}

/// <summary>1×1, 3×3 with the stride, and 1×1 with <see cref="Expansion"/> times the width.</summary>
internal sealed class BottleneckBlock : ResidualBlock
{
    public const int Expansion = 4;

    private readonly Convolution conv1, conv2, conv3;
    private readonly BatchNorm2d bn1, bn2, bn3;

    public BottleneckBlock(int input, int width, int stride, ShortcutKind shortcut)
        : base(nameof(BottleneckBlock), input, width * Expansion, stride, shortcut)
    {
        conv1 = new Convolution(input, width, 1);
        bn1 = nn.BatchNorm2d(width);
        conv2 = new Convolution(width, width, 3, stride, padding: 1);
        bn2 = nn.BatchNorm2d(width);
        conv3 = new Convolution(width, width * Expansion, 1);
        bn3 = nn.BatchNorm2d(width * Expansion);
        RegisterComponents();
    }

    protected override (Tensor Residual, BatchNorm2d Norm) Residual(Tensor input)
    {
        var hidden = BatchNormRelu.Forward(bn1, conv1.call(input));
        hidden = BatchNormRelu.Forward(bn2, conv2.call(hidden));
        return (conv3.call(hidden), bn3);
    }
}
