using Sweep.GpuWorker.Data;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;

namespace Sweep.GpuWorker.Tests.Training;

/// <summary>A training that was cut after any batch, written to a file and taken up by a new trainer, ends with the bits of one that was not.</summary>
[Collection(Torch.Collection)]
public sealed class ResumeTests(Torch torchFixture)
{
    private const int Epochs = 2;
    private static readonly Dataset Digits = DigitsDataset.Read();
    private static readonly NetworkConfiguration Tiny = new(
        new DatasetSettings(DatasetName.Digits, TrainLimit: 100, TestLimit: 20),
        new ModelSettings(ModelFamily.Resnet, Blocks: [1, 1], Widths: [4, 8]),
        new TrainingSettings(Epochs, BatchSize: 32, LearningRate: 0.02),
        new AugmentationSettings(Enabled: true, CropPadding: 1, RotationDegrees: 10, Cutout: 2));

    [Theory]
    [InlineData(Optimizer.Sgd, 0.9, false)]
    [InlineData(Optimizer.Sgd, 0.9, true)]
    [InlineData(Optimizer.Sgd, 0, false)]
    [InlineData(Optimizer.Adam, 0, false)]
    [InlineData(Optimizer.AdamW, 0, false)]
    public void Cut_after_any_batch_and_resumed_it_ends_with_the_same_bits(Optimizer optimizer, double momentum, bool nesterov) =>
        SameBitsWhereverCut(Tiny with { Training = Tiny.Training with { Optimizer = optimizer, Momentum = momentum, Nesterov = nesterov } });

    [Fact]
    public void So_it_does_with_projections_bottlenecks_and_bfloat16() => SameBitsWhereverCut(Tiny with
    {
        Model = Tiny.Model with { Block = BlockKind.Bottleneck, Shortcut = ShortcutKind.Projection },
        Training = Tiny.Training with { Precision = Precision.BFloat16 },
    });

    [Fact]
    public void So_it_does_with_accumulated_gradients() => SameBitsWhereverCut(Tiny with { Training = Tiny.Training with { Accumulate = 3 } });

    [Fact]
    public void So_it_does_with_gradients_accumulated_in_bfloat16() =>
        SameBitsWhereverCut(Tiny with { Training = Tiny.Training with { Accumulate = 3, Precision = Precision.BFloat16 } });

    private void SameBitsWhereverCut(NetworkConfiguration configuration)
    {
        var whole = Train(configuration, cutAfter: null);
        // One cut before the first batch, one after each, and so one between the last batch of an epoch and its evaluation.
        for (var batches = 0; batches <= Epochs * whole.BatchesPerEpoch; batches++)
        {
            var resumed = Train(configuration, batches);
            Assert.Equal(whole.Reports, resumed.Reports);
            Assert.True(whole.State.SequenceEqual(resumed.State), $"other bits when cut after {batches} batches");
        }
    }

    private (List<EpochReport> Reports, byte[] State, int BatchesPerEpoch) Train(NetworkConfiguration configuration, int? cutAfter)
    {
        var trained = 0;
        var reports = new List<EpochReport>();
        var trainer = Create(configuration, null);
        try
        {
            while (reports.Count < Epochs)
            {
                using var cut = new CancellationTokenSource();
                if (trained == cutAfter) cut.Cancel();
                try
                {
                    reports.Add(Reproducible.Part(trainer.RunEpoch(reports.Count + 1, _ => CutWhenDue(cut), cut.Token)));
                }
                catch (OperationCanceledException)
                {
                    cutAfter = null;
                    var checkpoint = ThroughAFile(new Checkpoint(Identity, [.. reports], trainer.Capture()));
                    Assert.Equal(reports, checkpoint.Reports);
                    trainer.Dispose();
                    trainer = Create(configuration, checkpoint.Training);
                }
            }
            return (reports, Bytes(new Checkpoint(Identity, [], trainer.Capture())), trained / Epochs);
        }
        finally
        {
            trainer.Dispose();
        }

        void CutWhenDue(CancellationTokenSource cut)
        {
            if (++trained == cutAfter) cut.Cancel();
        }
    }

    private static CheckpointIdentity Identity { get; } = new("hash", 1, 2);

    private Trainer Create(NetworkConfiguration configuration, TrainingState? from) => new(configuration, Digits, seed: 1, dataSeed: 1, torchFixture.Device, from);

    private static Checkpoint ThroughAFile(Checkpoint checkpoint) => CheckpointFile.Read(Bytes(checkpoint), Identity);

    private static byte[] Bytes(Checkpoint checkpoint)
    {
        using var stream = new MemoryStream();
        CheckpointFile.Write(stream, checkpoint);
        return stream.ToArray();
    }
}
