using System.Collections.Immutable;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;

namespace Sweep.Coordinator.Plans;

/// <summary>What a sweep file expands to, before anything runs.</summary>
/// <param name="Trials">How many trials there will be; at most so many where <paramref name="IsComplete"/> is false.</param>
/// <param name="IsComplete"><paramref name="First"/> holds every trial.</param>
/// <param name="EpochsTotal">Epochs of all trials' budgets, or the sweep's limit where that is lower: early stopping spends less.</param>
/// <param name="Layouts">Every architecture that a trial may have.</param>
/// <param name="First">The first trials that the sampler proposes; what it would propose after results is not known before them.</param>
public sealed record SweepPlan(
    string Name,
    SearchAlgorithm Algorithm,
    long Seed,
    int Trials,
    bool IsComplete,
    long EpochsTotal,
    DatasetPlan Dataset,
    ImmutableArray<LayoutPlan> Layouts,
    ImmutableArray<TrialPlan> First)
{
    /// <summary>Trials that a plan lists one by one.</summary>
    public const int ListLimit = 1_000;

    /// <summary>What is wrong with training every layout on a worker with so much memory; null where all fit.</summary>
    public string? ProblemWithMemory(long workerBytes)
    {
        var largest = Layouts.MaxBy(layout => layout.MemoryBytes)!;
        return largest.MemoryBytes <= workerBytes
            ? null
            : $"a network of {largest.Parameters:N0} parameters at batch size {largest.BatchSize} needs about {largest.MemoryBytes >> 20:N0} MiB, "
                + $"and a worker has {workerBytes >> 20:N0} MiB; lower batch_size, or start fewer workers";
    }

    public static SweepPlan Of(SweepDefinition definition, ISampler sampler)
    {
        var dataset = DatasetPlan.Of(definition.Base.Dataset);
        var first = Propose(definition, sampler).Take(ListLimit).ToImmutableArray();
        var isComplete = first.Length < ListLimit;
        var trials = isComplete ? first.Length : definition.Search.Trials ?? definition.Space.Grid().Count();
        var epochs = first.Sum(trial => (long)trial.Epochs);
        if (!isComplete) epochs = (long)trials * first.Max(trial => trial.Epochs);
        var largestBatch = first.Length == 0 ? definition.Base.Training.BatchSize : first.Max(trial => trial.BatchSize);
        return new SweepPlan(
            definition.Name, definition.Search.Algorithm, definition.Seed, trials, isComplete,
            Math.Min(epochs, definition.Limits.MaxEpochsTotal ?? long.MaxValue),
            dataset,
            ReachableModels(definition).Select(model => LayoutPlan.Of(model, dataset, largestBatch)).ToImmutableArray(),
            first);
    }

    /// <summary>Every architecture that some trial may have, initialisation aside.</summary>
    private static IEnumerable<ModelSettings> ReachableModels(SweepDefinition definition)
    {
        var space = definition.Space.Project(Setting.In(SettingSection.Model).Select(setting => setting.Name));
        return space.Representatives().Where(space.Allows)
            .Select(hyperparameters => space.Resolve(definition.Base, hyperparameters).Model with { Init = default })
            .Distinct();
    }

    private static IEnumerable<TrialPlan> Propose(SweepDefinition definition, ISampler sampler)
    {
        var history = new SweepState(definition);
        while (history.TrialCount < (definition.Search.Trials ?? int.MaxValue) && sampler.Suggest(history) is { } hyperparameters)
        {
            var configuration = definition.Space.Resolve(definition.Base, hyperparameters);
            var trial = new TrialId(history.TrialCount + 1);
            history = history.Apply(new TrialCreated(trial, hyperparameters, configuration.CanonicalHash(), default));
            yield return new TrialPlan(trial, hyperparameters, configuration.Training.Epochs, configuration.Training.BatchSize);
        }
    }
}

/// <param name="Epochs">The trial's budget.</param>
public sealed record TrialPlan(TrialId Trial, Hyperparameters Hyperparameters, int Epochs, int BatchSize);

/// <summary>Images of each part, and their shape.</summary>
public sealed record DatasetPlan(string Name, int TrainImages, int ValidationImages, int TestImages, ImageShape Image, int Classes)
{
    /// <summary>One byte a pixel.</summary>
    public long Bytes => (long)(TrainImages + ValidationImages + TestImages) * Image.Pixels;

    public static DatasetPlan Of(DatasetSettings settings)
    {
        var facts = DatasetFacts.Of(settings.Name);
        var train = Math.Min(facts.TrainImages, settings.TrainLimit ?? int.MaxValue);
        var validation = settings.ValidationImages(train);
        return new DatasetPlan(
            facts.FileName, train - validation, validation, Math.Min(facts.TestImages, settings.TestLimit ?? int.MaxValue), facts.Image, facts.Classes);
    }
}

/// <param name="Model">The architecture.</param>
/// <param name="BatchSize">The batch size for which <paramref name="MemoryBytes"/> is estimated: the sweep's largest.</param>
/// <param name="MemoryBytes">Estimated memory of a training worker, Adam's state assumed; scratch memory of kernels is not in it.</param>
public sealed record LayoutPlan(ModelSettings Model, long Parameters, long MultiplyAdds, int BatchSize, long MemoryBytes)
{
    private const int OptimizerStateTensors = 2;

    public static LayoutPlan Of(ModelSettings model, DatasetPlan dataset, int batchSize)
    {
        var shape = ModelShape.Of(model, dataset.Image, dataset.Classes);
        return new LayoutPlan(
            model, shape.Parameters, shape.MultiplyAdds, batchSize, shape.TrainingBytes(batchSize, OptimizerStateTensors, dataset.Bytes));
    }
}
