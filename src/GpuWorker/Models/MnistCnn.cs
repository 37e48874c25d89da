using Sweep.GpuWorker.Kernels;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Models;

/// <summary>
/// The small network of many tutorials, after LeNet-5 (LeCun et al. 1998, figure 2) with ReLU and max pooling: two 5×5 convolutions of
/// 6 and 16 channels, each followed by 2×2 pooling, then three linear layers of 120, 84 and as many outputs as there are classes.
/// </summary>
internal sealed class MnistCnn : nn.Module<Tensor, Tensor>
{
    private readonly ScalarType? _computeType;

    // Fields are named as in PyTorch's state dict.
    private readonly Convolution conv1, conv2;
    private readonly Linear fc1, fc2, fc3;

    /// <param name="image">At least 16×16 pixels.</param>
    /// <param name="computeType">What the convolutions compute in; null for the input's type.</param>
    public MnistCnn(ImageShape image, int classes, ScalarType? computeType = null)
        : base(nameof(MnistCnn))
    {
        _computeType = computeType;
        conv1 = new Convolution(image.Channels, 6, 5, hasBias: true);
        conv2 = new Convolution(6, 16, 5, hasBias: true);
        fc1 = nn.Linear(16 * ModelShape.MnistCnnMap(image.Height) * ModelShape.MnistCnnMap(image.Width), 120);
        fc2 = nn.Linear(120, 84);
        fc3 = nn.Linear(84, classes);
        RegisterComponents();
    }

    /// <param name="input">Images × channels × height × width.</param>
    /// <returns>Images × classes, in the weights' type.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _computeType is { } type ? input.to(type) : input;
        x = ReluMaxPool.Forward(conv1.call(x));
        x = ReluMaxPool.Forward(conv2.call(x));
        x = x.flatten(1).to(fc1.weight.dtype);
        return fc3.call(fc2.call(fc1.call(x).relu_()).relu_()).MoveToOuterDisposeScope();
    }
}
