using Sweep.GpuWorker.Kernels;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Models;

/// <summary>
/// A residual network for small images (He et al. 2015, section 4.2): a 3×3 stem, stages of residual blocks of which every one but the
/// first halves the image, the mean over what is left of it, one linear layer. No convolution has a bias: batch norm follows.
/// </summary>
internal sealed class ResNet : nn.Module<Tensor, Tensor>
{
    private readonly ScalarType? _computeType;
    private readonly List<Sequential> _stages = [];

    // Fields are named as torchvision's: their names become the state dict's.
    private readonly Convolution conv1;
    private readonly BatchNorm2d bn1;
    private readonly Linear fc;

    /// <param name="computeType">What the stem and the stages compute in; null for the input's type.</param>
    public ResNet(ModelSettings model, ImageShape image, int classes, ScalarType? computeType = null)
        : base(nameof(ResNet))
    {
        _computeType = computeType;
        var channels = model.Widths[0];
        conv1 = new Convolution(image.Channels, channels, 3, padding: 1);
        bn1 = nn.BatchNorm2d(channels);
        for (var stage = 0; stage < model.Blocks.Count; stage++)
        {
            var blocks = new List<nn.Module<Tensor, Tensor>>();
            for (var block = 0; block < model.Blocks[stage]; block++)
            {
                var stride = stage > 0 && block == 0 ? 2 : 1;
                blocks.Add(Block(model, channels, model.Widths[stage], stride));
                channels = model.Widths[stage] * model.Expansion;
            }
            _stages.Add(nn.Sequential(blocks));
            register_module($"layer{stage + 1}", _stages[stage]);
        }
        fc = nn.Linear(channels, classes);
        RegisterComponents();
    }

    /// <param name="input">Images × channels × height × width; fastest where channels are last in memory.</param>
    /// <returns>Images × classes, in the weights' type.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = Stem(input);
        foreach (var stage in _stages)
        {
            var next = stage.call(x);
            x.Dispose();
            x = next;
        }
        return fc.call(x.mean([2, 3]).to(fc.weight.dtype)).MoveToOuterDisposeScope();
    }

    private Tensor Stem(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _computeType is { } type ? input.to(type) : input;
        return BatchNormRelu.Forward(bn1, conv1.call(x)).MoveToOuterDisposeScope();
    }

    private static ResidualBlock Block(ModelSettings model, int input, int width, int stride) => model.Block switch
    {
        BlockKind.Basic => new BasicBlock(input, width, stride, model.Shortcut),
        BlockKind.Bottleneck => new BottleneckBlock(input, width, stride, model.Shortcut),
        _ => throw new ArgumentOutOfRangeException(nameof(model), model.Block, null),
    };
}
