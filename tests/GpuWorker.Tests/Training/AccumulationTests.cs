using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Models;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using TorchSharp;

namespace Sweep.GpuWorker.Tests.Training;

[Collection(Torch.Collection)]
public sealed class AccumulationTests(Torch torchFixture)
{
    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 0.1)]
    [InlineData(10, 0)]
    public void Accumulated_gradients_loss_and_logits_are_the_whole_batch_s(int pieces, double labelSmoothing)
    {
        using var scope = torch.NewDisposeScope();
        _ = torchFixture.Device;
        var facts = DatasetFacts.Of(DatasetName.Mnist);
        var images = torch.randn([10, 1, 28, 28], generator: new torch.Generator(1));
        var labels = torch.arange(10, dtype: torch.ScalarType.Int64);
        var (whole, accumulated) = (Create(), Create());
        var one = TrainingStep.Take(whole.Network, whole.Optimizer, images, labels, labelSmoothing);
        var cut = MicroBatches.Cut(10, pieces, ModelFamily.MnistCnn);
        Assert.Equal(pieces, cut.Count);
        var many = TrainingStep.TakeAccumulated(accumulated.Network, accumulated.Optimizer, images, labels, cut, labelSmoothing);
        AssertClose(one.Loss, many.Loss);
        AssertClose(one.Logits, many.Logits);
        foreach (var (expected, actual) in whole.Network.parameters().Zip(accumulated.Network.parameters()))
        {
            AssertClose(expected.grad!, actual.grad!);
            AssertClose(expected, actual);
        }

        (torch.nn.Module<torch.Tensor, torch.Tensor> Network, torch.optim.Optimizer Optimizer) Create()
        {
            var network = Network.Create(new ModelSettings(ModelFamily.MnistCnn), facts.Image, facts.Classes, Precision.Float32, seed: 1);
            return (network, Optimizers.Create(network, new TrainingSettings(Epochs: 1)));
        }
    }

    private static void AssertClose(torch.Tensor expected, torch.Tensor actual) =>
        Assert.InRange((expected.detach() - actual.detach()).abs().max().item<float>(), 0, 1e-6f);
}
