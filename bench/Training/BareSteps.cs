using System.Diagnostics;
using Sweep.GpuWorker.Models;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using TorchSharp;

namespace Sweep.Bench.Training;

/// <summary>The worker's own network, optimiser and step, on one batch of 128 random images.</summary>
internal sealed class BareSteps : IDisposable
{
    public const int Images = 128;

    private readonly torch.nn.Module<torch.Tensor, torch.Tensor> _network;
    private readonly torch.optim.Optimizer _optimizer;
    private readonly torch.Tensor _images;
    private readonly torch.Tensor _labels;

    /// <param name="channelsFirst">How the images lie in memory; the worker's loader lays them channels last.</param>
    public BareSteps(ModelSettings model, ImageShape shape, Precision precision, bool channelsFirst = false)
    {
        _network = Network.Create(model, shape, 10, precision, seed: 1);
        _optimizer = Optimizers.Create(_network, new TrainingSettings(1, LearningRate: 0.01));
        _images = channelsFirst
            ? torch.randn(Images, shape.Channels, shape.Height, shape.Width)
            : torch.randn(Images, shape.Height, shape.Width, shape.Channels).permute(0, 3, 1, 2);
        _labels = torch.randint(0, 10, [Images], torch.ScalarType.Int64);
        _network.train();
    }

    /// <returns>Seconds.</returns>
    public double Take(int steps)
    {
        var clock = Stopwatch.StartNew();
        for (var step = 0; step < steps; step++)
        {
            using var scope = torch.NewDisposeScope();
            TrainingStep.Take(_network, _optimizer, _images, _labels);
        }
        return clock.Elapsed.TotalSeconds;
    }

    public void Dispose()
    {
        _labels.Dispose();
        _images.Dispose();
        _optimizer.Dispose();
        _network.Dispose();
    }
}
