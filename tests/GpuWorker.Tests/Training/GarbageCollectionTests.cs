using Sweep.GpuWorker.Models;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Tests.Training;

/// <summary>
/// What libtorch reads must not be released while it reads it. A collection between any two instructions would be the test; collections
/// without a pause come near.
/// </summary>
[Collection(Torch.Collection)]
public sealed class GarbageCollectionTests(Torch torchFixture)
{
    private const int Steps = 600;

    [Theory]
    [InlineData(Optimizer.Sgd)]
    [InlineData(Optimizer.Adam)]
    [InlineData(Optimizer.AdamW)]
    public void Collections_at_any_moment_change_no_bit(Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        var undisturbed = Train(optimizer);
        using var garbage = new Collections();
        var disturbed = Train(optimizer);

        var different = undisturbed.Where(entry => !disturbed[entry.Key].HasValuesOf(entry.Value)).Select(entry => $"{entry.Key}: {Values(disturbed[entry.Key])} for {Values(entry.Value)}");
        Assert.Empty(different);
    }

    private Dictionary<string, Tensor> Train(Optimizer optimizer)
    {
        _ = torchFixture.Device;
        var facts = DatasetFacts.Of(DatasetName.Digits);
        var model = new ModelSettings(ModelFamily.Resnet, Blocks: [1], Widths: [8]);
        using var network = Network.Create(model, facts.Image, facts.Classes, Precision.Float32, seed: 1);
        using var steps = Optimizers.Create(network, new TrainingSettings(Epochs: 1, LearningRate: 0.001, WeightDecay: 0.01) { Optimizer = optimizer });
        using var mean = new RunningMean(CPU);
        using var generator = new torch.Generator(1);
        var images = randn([2, facts.Image.Channels, facts.Image.Height, facts.Image.Width], generator: generator);
        var labels = arange(2, dtype: ScalarType.Int64);
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            var (loss, logits) = TrainingStep.Take(network, steps, images, labels);
            mean.Add(loss, logits, labels);
        }
        var results = network.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.detach().clone());
        results["loss"] = tensor(mean.Read().Loss!.Value);
        return results;
    }

    private static string Values(Tensor tensor) => string.Join(", ", tensor.to(ScalarType.Float64).data<double>().ToArray());

    /// <summary>Collects the young, and releases what they held, until disposed.</summary>
    private sealed class Collections : IDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly Thread _thread;

        public Collections()
        {
            _thread = new Thread(() =>
            {
                while (!_end.IsCancellationRequested)
                {
                    GC.Collect(0, GCCollectionMode.Forced, blocking: true);
                    GC.WaitForPendingFinalizers();
                }
            });
            _thread.Start();
        }

        public void Dispose()
        {
            _end.Cancel();
            _thread.Join();
            _end.Dispose();
        }
    }
}
