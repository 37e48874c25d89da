using Sweep.GpuWorker.Data;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Models;

/// <summary>Builds the network that a configuration describes.</summary>
public static class Network
{
    /// <summary>An initialised network on the CPU. The caller disposes it; call it outside any dispose scope.</summary>
    /// <param name="seed">The trial's: equal seeds and settings give equal weights.</param>
    /// <param name="precision">Under bfloat16, convolutions compute in it; weights, batch norm's statistics and linear layers stay float32.</param>
    /// <exception cref="ArgumentException">The model cannot process images of this shape; the message says why.</exception>
    public static nn.Module<Tensor, Tensor> Create(ModelSettings model, ImageShape image, int classes, Precision precision, long seed)
    {
        if (ModelShape.Problem(model, image) is { } problem) throw new ArgumentException(problem, nameof(model));
        ScalarType? computeType = precision == Precision.BFloat16 ? ScalarType.BFloat16 : null;
        nn.Module<Tensor, Tensor> network = model.Family switch
        {
            ModelFamily.Resnet => new ResNet(model, image, classes, computeType),
            ModelFamily.MnistCnn => new MnistCnn(image, classes, computeType),
            _ => throw new ArgumentOutOfRangeException(nameof(model), model.Family, null),
        };
        using var generator = new Generator(new CounterRandom(seed, RandomStream.Initialization).NextUInt64(), CPU);
        WeightInitialization.Apply(network, model.Init, generator);
        return network;
    }
}
