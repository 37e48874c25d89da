using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Models;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;
using TorchSharp;

namespace Sweep.GpuWorker.Tests.Training;

[Collection(Torch.Collection)]
public sealed class TrainerTests(Torch torchFixture)
{
    private static readonly Dataset Digits = DigitsDataset.Read();
    private static readonly NetworkConfiguration Quick = new(
        new DatasetSettings(DatasetName.Digits, TrainLimit: 200, TestLimit: 50),
        new ModelSettings(ModelFamily.Resnet, Blocks: [1, 1], Widths: [8, 16]),
        new TrainingSettings(Epochs: 3, BatchSize: 32),
        new AugmentationSettings(Enabled: true, CropPadding: 1, RotationDegrees: 10, Cutout: 2));

    [Theory]
    [InlineData(Optimizer.Sgd)]
    [InlineData(Optimizer.AdamW)]
    public void The_same_seed_gives_the_same_bits(Optimizer optimizer)
    {
        var configuration = Quick with { Training = Quick.Training with { Optimizer = optimizer, LearningRate = 0.01 } };
        var (first, second) = (Run(configuration), Run(configuration));
        Assert.Equal(first.Reports.Select(Reproducible.Part), second.Reports.Select(Reproducible.Part));
        Assert.Equal(first.Weights, second.Weights);
    }

    [Fact]
    public void Another_seed_gives_other_weights() => Assert.NotEqual(Run(Quick, seed: 1).Weights, Run(Quick, seed: 2).Weights);

    [Fact]
    public void No_tensor_outlives_its_epoch()
    {
        using var trainer = Create(Quick);
        var counts = Enumerable.Range(1, 3).Select(epoch =>
        {
            trainer.RunEpoch(epoch, _ => { }, CancellationToken.None);
            // What other tests left to finalizers must not be counted.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return torch.Tensor.TotalCount;
        }).ToList();
        Assert.Equal(counts[1], counts[2]);
    }

    [Fact]
    public void Progress_goes_up_to_one()
    {
        var progress = new List<double>();
        using var trainer = Create(Quick);
        trainer.RunEpoch(1, progress.Add, CancellationToken.None);
        // Each batch of the epoch, and 1 for each of the evaluation.
        Assert.Equal(6, progress.Distinct().Count());
        Assert.Equal(progress.Order(), progress);
        Assert.Equal(1, progress[^1]);
    }

    [Fact]
    public void A_single_image_left_over_does_not_break_batch_norm_on_maps_of_one_pixel()
    {
        var reports = Run(Quick with
        {
            Dataset = new DatasetSettings(DatasetName.Digits, ValidationFraction: 0, TrainLimit: 33, TestLimit: 33),
            Model = new ModelSettings(ModelFamily.Resnet, Blocks: [1, 1, 1, 1], Widths: [4, 4, 4, 4]),
        }).Reports;
        Assert.All(reports, report => Assert.True(double.IsFinite(report.TrainLoss!.Value)));
    }

    [Fact]
    public void Label_smoothing_raises_the_training_loss_alone()
    {
        var plain = Run(Quick with { Training = Quick.Training with { LearningRate = 1e-9 } }).Reports[0];
        var smooth = Run(Quick with { Training = Quick.Training with { LearningRate = 1e-9, LabelSmoothing = 0.3 } }).Reports[0];
        Assert.NotEqual(plain.TrainLoss, smooth.TrainLoss);
        Assert.Equal(plain.Test!.Loss!.Value, smooth.Test!.Loss!.Value, 1e-4);
    }

    [Fact]
    public void Bfloat16_learns_as_float32_does()
    {
        var exact = Run(Quick).Reports[^1];
        var rounded = Run(Quick with { Training = Quick.Training with { Precision = Precision.BFloat16 } }).Reports[^1];
        Assert.NotEqual(exact.TrainLoss, rounded.TrainLoss);
        Assert.Equal(exact.TrainLoss!.Value, rounded.TrainLoss!.Value, 0.2);
    }

    [Theory]
    [InlineData(Optimizer.Sgd)]
    [InlineData(Optimizer.Adam)]
    [InlineData(Optimizer.AdamW)]
    public void Weight_decay_shrinks_weights_and_leaves_batch_norm_and_biases_alone(Optimizer kind)
    {
        using var scope = torch.NewDisposeScope();
        using var network = Network.Create(Quick.Model, Digits.Facts.Image, 10, Precision.Float32, 1);
        using var optimizer = Optimizers.Create(network, new TrainingSettings(Epochs: 1, Optimizer: kind, WeightDecay: 0.5));
        var before = network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach().clone());
        (network.call(torch.randn(4, 1, 8, 8)).sum() * 0).backward();
        optimizer.step();
        Assert.All(network.named_parameters(), entry => Assert.Equal(entry.parameter.dim() == 1, entry.parameter.HasBitsOf(before[entry.name])));
    }

    private Trainer Create(NetworkConfiguration configuration, long seed = 1) => new(configuration, Digits, seed, dataSeed: 1, torchFixture.Device);

    private (List<EpochReport> Reports, float[] Weights) Run(NetworkConfiguration configuration, long seed = 1)
    {
        using var trainer = Create(configuration, seed);
        var reports = Enumerable.Range(1, configuration.Training.Epochs)
            .Select(epoch => trainer.RunEpoch(epoch, _ => { }, CancellationToken.None)).ToList();
        return (reports, [.. trainer.Network.parameters().SelectMany(parameter => parameter.detach().contiguous().data<float>().ToArray())]);
    }
}
