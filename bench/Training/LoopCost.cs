using System.Globalization;
using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using TorchSharp;

namespace Sweep.Bench.Training;

/// <summary>What the worker's loop costs around the bare step: shuffling, augmenting, copying, metrics, schedule. ResNet-20, one thread, random images.</summary>
internal static class LoopCost
{
    private const int Images = BareSteps.Images;

    private static readonly NetworkConfiguration Configuration = new(
        new DatasetSettings(DatasetName.Cifar10, ValidationFraction: 0),
        WorkerSide.Networks["resnet20"].Model,
        new TrainingSettings(Epochs: 1_000, BatchSize: Images, LearningRate: 0.01),
        new AugmentationSettings(Enabled: true));

    /// <summary>Epochs of the trainer and as many bare steps on one batch, in turns.</summary>
    public static void Compare(int rounds, int batches)
    {
        var device = WorkerSide.OpenDevice();
        using var trainer = new Trainer(Configuration, RandomImages(batches * Images), seed: 1, dataSeed: 1, device);
        using var bare = new BareSteps(Configuration.Model, DatasetFacts.Of(DatasetName.Cifar10).Image, Precision.Float32);
        trainer.RunEpoch(1, _ => { }, CancellationToken.None);
        bare.Take(3);
        var ratios = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var loop = trainer.RunEpoch(round + 2, _ => { }, CancellationToken.None).ImagesPerSecond!.Value;
            ratios.Add(batches * Images / bare.Take(batches) / loop - 1);
        }
        ratios.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"loop around the bare step: {ratios[rounds / 2]:P1} of its time, median of {rounds} rounds ({ratios[0]:P1} to {ratios[^1]:P1})"));
    }

    /// <summary>Resident memory and tensors after epochs of one trial.</summary>
    public static void Memory(int epochs)
    {
        var device = WorkerSide.OpenDevice();
        using var trainer = new Trainer(Configuration, RandomImages(4 * Images), seed: 1, dataSeed: 1, device);
        Console.WriteLine("| epoch | resident MiB | tensors |\n|---|---|---|");
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            trainer.RunEpoch(epoch, _ => { }, CancellationToken.None);
            if (epoch is 1 or 2 || epoch % 10 == 0)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {epoch} | {Environment.WorkingSet / 1048576.0:N1} | {torch.Tensor.TotalCount} |"));
        }
    }

    private static Dataset RandomImages(int count)
    {
        var facts = DatasetFacts.Of(DatasetName.Cifar10);
        return new Dataset(facts, Set(count), Set(Images));

        ImageSet Set(int images)
        {
            var random = new Random(1);
            var pixels = new byte[images * facts.Image.Pixels];
            random.NextBytes(pixels);
            return new ImageSet(facts.Image, pixels, [.. Enumerable.Range(0, images).Select(image => (long)(image % facts.Classes))]);
        }
    }
}
