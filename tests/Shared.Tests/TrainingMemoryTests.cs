using Sweep.Shared.Datasets;
using Sweep.Shared.Models;

namespace Sweep.Shared.Tests;

public sealed class TrainingMemoryTests
{
    private static readonly NetworkConfiguration Trial = new(
        new DatasetSettings(DatasetName.Digits), new ModelSettings(ModelFamily.Resnet, Blocks: [1], Widths: [4]),
        new TrainingSettings(Epochs: 1, BatchSize: 32), new AugmentationSettings());

    [Fact]
    public void Half_the_images_at_a_time_have_half_the_activations()
    {
        var shape = ModelShape.Of(Trial.Model, DatasetFacts.Of(DatasetName.Digits).Image, classes: 10);
        Assert.Equal(2 * sizeof(float) * shape.Activations * 16, TrainingMemory.Bytes(Trial, 1) - TrainingMemory.Bytes(Trial, 2));
    }

    [Fact]
    public void Adam_keeps_one_number_a_parameter_more_than_momentum()
    {
        var shape = ModelShape.Of(Trial.Model, DatasetFacts.Of(DatasetName.Digits).Image, classes: 10);
        var adam = Trial with { Training = Trial.Training with { Optimizer = Optimizer.Adam } };
        Assert.Equal(sizeof(float) * shape.Parameters, TrainingMemory.Bytes(adam, 1) - TrainingMemory.Bytes(Trial, 1));
    }

    [Fact]
    public void A_micro_batch_of_a_residual_network_has_two_images_at_least() =>
        Assert.Equal(TrainingMemory.Bytes(Trial, 16), TrainingMemory.Bytes(Trial, 32));

    [Theory]
    [InlineData(1, false, 1)]
    [InlineData(4, false, 4)]
    [InlineData(1, true, 16)]
    public void A_trial_cuts_finer_than_it_asks_for_only_if_it_may(int accumulate, bool auto, int expected) => Assert.Equal(
        expected,
        TrainingMemory.MostMicroBatches(Trial with { Training = Trial.Training with { Accumulate = accumulate, AutoAccumulate = auto } }));
}
