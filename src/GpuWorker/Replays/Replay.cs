using Sweep.GpuWorker.Formats;
using Sweep.GpuWorker.Models;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Sweep.GpuWorker.Replays;

/// <summary>
/// Takes the steps of a recorded training again, with the network, the optimiser and the step that sweeps train with: equal losses
/// show that they compute what the recording program does. On the CPU, since a GPU's products are rounded more coarsely.
/// </summary>
internal static class Replay
{
    /// <summary>The loss of each step, from before its update.</summary>
    /// <exception cref="BadFileException">The weights do not fit the model, or the model does not fit the images.</exception>
    public static IEnumerable<double> Losses(ModelSettings model, int classes, Fixture fixture, ScalarType type)
    {
        using var network = Create(model, classes, fixture).to(type);
        network.train();
        var reference = fixture.Reference;
        var settings = new TrainingSettings(
            Epochs: 1, LearningRate: reference.LearningRate, Momentum: reference.Momentum, WeightDecay: reference.WeightDecay);
        using var optimizer = Optimizers.Create(network, settings, decays: _ => true);
        for (var step = 0; step < reference.Steps; step++) yield return Take(step);

        double Take(int step)
        {
            using var scope = NewDisposeScope();
            var pixels = fixture.Image.Pixels * reference.Batch;
            var images = tensor(
                fixture.Images[(step * pixels)..((step + 1) * pixels)],
                [reference.Batch, fixture.Image.Channels, fixture.Image.Height, fixture.Image.Width]);
            var labels = tensor(fixture.Labels[(step * reference.Batch)..((step + 1) * reference.Batch)]);
            return TrainingStep.Take(network, optimizer, images.to(type), labels).Loss.to(ScalarType.Float64).item<double>();
        }
    }

    private static nn.Module<Tensor, Tensor> Create(ModelSettings model, int classes, Fixture fixture)
    {
        if (ModelShape.Problem(model, fixture.Image) is { } problem) throw new BadFileException($"the model does not fit the images: {problem}");
        using var weights = Safetensors.Read(fixture.InitialWeights);
        var network = Network.Create(model, fixture.Image, classes, Precision.Float32, seed: 0);
        StateDict.Load(network, weights);
        return network;
    }
}
