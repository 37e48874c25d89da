using Sweep.Shared.Datasets;
using Sweep.Shared.Models;

namespace Sweep.Shared;

/// <summary>What a trial needs of its worker's memory, by the arithmetic of <see cref="ModelShape.TrainingBytes"/>: an estimate.</summary>
public static class TrainingMemory
{
    /// <param name="microBatches">That each batch is cut into; at least 1.</param>
    public static long Bytes(NetworkConfiguration configuration, int microBatches)
    {
        var (model, training) = (configuration.Model, configuration.Training);
        var facts = DatasetFacts.Of(configuration.Dataset.Name);
        var stateTensors = training.Optimizer == Optimizer.Sgd ? 1 : 2;
        var images = MicroBatches.Cut(training.BatchSize, microBatches, model.Family).LargestBatch;
        return ModelShape.Of(model, facts.Image, facts.Classes).TrainingBytes(images, stateTensors, facts.Bytes);
    }

    /// <summary>Micro-batches at which the trial needs least: those that it asks for, or as many as can be where it may cut finer by itself.</summary>
    public static int MostMicroBatches(NetworkConfiguration configuration) => configuration.Training.AutoAccumulate
        ? MicroBatches.Most(configuration.Training.BatchSize, configuration.Model.Family)
        : configuration.Training.Accumulate;
}
