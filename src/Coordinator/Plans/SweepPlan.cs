using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;

namespace Sweep.Coordinator.Plans;

/// <summary>What a sweep file expands to, before anything runs.</summary>
/// <param name="Trials">How many trials there will be; at most so many where <paramref name="IsComplete"/> is false or the best are repeated.</param>
/// <param name="IsComplete"><paramref name="First"/> holds every configuration.</param>
/// <param name="EpochsTotal">Epochs of all trials' budgets, or the sweep's limit where that is lower: early stopping spends less.</param>
/// <param name="Dataset">Null where the trainer alone knows.</param>
/// <param name="Layouts">Every architecture that a trial of the built-in trainer may have; of another one's nothing is known.</param>
/// <param name="First">
/// The first replicate of each of the first configurations that the sampler proposes; what it would propose after results is not known
/// before them.
/// </param>
/// <param name="Replicates">Null where no configuration is repeated.</param>
/// <param name="Scheduler">Null where every trial trains on.</param>
/// <param name="Trainer">Null for the built-in one.</param>
/// <param name="Reason">Why <c>auto</c> chose the algorithm; null where the file names it.</param>
public sealed record SweepPlan(
    string Name,
    SearchAlgorithm Algorithm,
    long Seed,
    int Trials,
    bool IsComplete,
    long EpochsTotal,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DatasetPlan? Dataset,
    ImmutableArray<LayoutPlan> Layouts,
    ImmutableArray<TrialPlan> First,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ReplicatePlan? Replicates,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SchedulerPlan? Scheduler,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TrainerSettings? Trainer = null)
{
    /// <summary>Configurations that a plan lists one by one.</summary>
    public const int ListLimit = 1_000;

    /// <summary>How many trials the search will have, at most; those that repeat the best come later.</summary>
    [JsonIgnore]
    public int SearchTrials => (int)(Trials - (Replicates?.FinalTrials ?? 0));

    /// <summary>What is wrong with training the listed trials on workers with so much memory each; null where all of them fit.</summary>
    public string? ProblemWithMemory(long workerBytes)
    {
        if (First.MaxBy(trial => trial.LeastMemoryBytes) is not { Network: { } network } largest || largest.LeastMemoryBytes <= workerBytes) return null;
        var training = network.Training;
        var pieces = TrainingMemory.MostMicroBatches(network);
        var cut = pieces > 1 ? $" in {pieces} micro-batches" : "";
        var advice = training.AutoAccumulate ? "take a smaller network" : "lower batch_size, give accumulate: auto";
        return $"trial {largest.Trial} needs about {largest.LeastMemoryBytes >> 20:N0} MiB at batch size {training.BatchSize}{cut}, "
            + $"and a worker has {workerBytes >> 20:N0} MiB; {advice}, or start fewer workers";
    }

    public static SweepPlan Of(SweepDefinition definition, ISampler sampler)
    {
        var first = Propose(definition, sampler).Take(ListLimit).ToImmutableArray();
        var isComplete = first.Length < ListLimit;
        var configurations = isComplete ? first.Length : definition.Search.Trials ?? definition.Space.Grid().Count();
        var replicates = ReplicatePlan.Of(definition.Replicates, configurations);
        var trials = Math.Min(
            configurations * (long)definition.Replicates.OfEach + (replicates?.FinalTrials ?? 0), definition.Limits.MaxTrials ?? long.MaxValue);
        return new SweepPlan(
            definition.Name, definition.Search.Algorithm, definition.Seed, (int)Math.Min(trials, int.MaxValue), isComplete,
            Math.Min(EpochsOf(definition.Replicates, configurations, first, isComplete), definition.Limits.MaxEpochsTotal ?? long.MaxValue),
            definition.Base is NetworkConfiguration network ? DatasetPlan.Of(network.Dataset) : null,
            LayoutsOf(definition, first),
            first,
            replicates,
            SchedulerPlan.Of(definition, configurations * (long)definition.Replicates.OfEach),
            definition.Search.Reason,
            (definition.Base as CustomConfiguration)?.Trainer);
    }

    /// <summary>At most: nobody knows yet which configurations will be the best, so those with the largest budgets count as such.</summary>
    private static long EpochsOf(ReplicateSettings replicates, int configurations, ImmutableArray<TrialPlan> first, bool isComplete)
    {
        if (first.IsEmpty) return 0;
        var budgets = first.Select(trial => (long)trial.Epochs).OrderDescending().ToList();
        return Largest(configurations) * replicates.OfEach + Largest(replicates.Final?.Top ?? 0) * (replicates.OfBest - replicates.OfEach);

        long Largest(int count) => isComplete ? budgets.Take(count).Sum() : Math.Min(count, configurations) * budgets[0];
    }

    private static ImmutableArray<LayoutPlan> LayoutsOf(SweepDefinition definition, ImmutableArray<TrialPlan> first)
    {
        if (definition.Base is not NetworkConfiguration network) return [];
        var facts = DatasetFacts.Of(network.Dataset.Name);
        var largestBatch = first.Max(trial => trial.MicroBatch) ?? network.Training.BatchSize;
        return [.. ReachableModels(definition).Select(model => LayoutPlan.Of(model, facts, largestBatch))];
    }

    /// <summary>Every architecture that some trial may have, initialisation aside.</summary>
    private static IEnumerable<ModelSettings> ReachableModels(SweepDefinition definition)
    {
        var space = definition.Space.Project(Setting.In(SettingSection.Model).Select(setting => setting.Name));
        return space.Representatives().Where(space.Allows)
            .Select(hyperparameters => space.Resolve(definition.Base, hyperparameters)).OfType<NetworkConfiguration>()
            .Select(network => network.Model with { Init = default })
            .Distinct();
    }

    private static IEnumerable<TrialPlan> Propose(SweepDefinition definition, ISampler sampler)
    {
        var history = new SweepState(definition);
        while (history.ConfigurationCount < (definition.Search.Trials ?? int.MaxValue) && sampler.Suggest(history) is { } hyperparameters)
        {
            var configuration = definition.Space.Resolve(definition.Base, hyperparameters);
            var trial = new TrialId(history.ConfigurationCount * definition.Replicates.OfEach + 1);
            history = history.Apply(new TrialCreated(trial, hyperparameters, configuration.CanonicalHash(), default));
            yield return new TrialPlan(trial, hyperparameters, configuration);
        }
    }
}

/// <param name="OfEach">Trials of every configuration.</param>
/// <param name="Configurations">That the search proposes, at most.</param>
/// <param name="FinalConfigurations">The best, which are repeated after the search; at most so many.</param>
/// <param name="FinalTrials">Of these together, beyond the search's.</param>
public sealed record ReplicatePlan(int OfEach, int Configurations, int FinalConfigurations, long FinalTrials)
{
    public static ReplicatePlan? Of(ReplicateSettings settings, int configurations)
    {
        if (settings.OfBest == 1) return null;
        var best = Math.Min(settings.Final?.Top ?? 0, configurations);
        return new ReplicatePlan(settings.OfEach, configurations, best, best * (long)(settings.OfBest - settings.OfEach));
    }
}

/// <param name="Configuration">What the hyperparameters resolve to.</param>
public sealed record TrialPlan(TrialId Trial, Hyperparameters Hyperparameters, [property: JsonIgnore] TrialConfiguration Configuration)
{
    /// <summary>The trial's budget.</summary>
    public int Epochs => Configuration.Budget;

    /// <summary>Null where another trainer than the built-in one trains; so are those below.</summary>
    [JsonIgnore]
    public NetworkConfiguration? Network => Configuration as NetworkConfiguration;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? BatchSize => Network?.Training.BatchSize;

    /// <summary>Images that are trained on at a time, unless memory runs out.</summary>
    [JsonIgnore]
    public int? MicroBatch =>
        Network is { Training: var training } network ? MicroBatches.Cut(training.BatchSize, training.Accumulate, network.Model.Family).LargestBatch : null;

    /// <summary>By the estimate, with batches cut as fine as the trial may cut them.</summary>
    [JsonIgnore]
    public long? LeastMemoryBytes => Network is { } network ? TrainingMemory.Bytes(network, TrainingMemory.MostMicroBatches(network)) : null;
}

/// <summary>Images of each part, and their shape.</summary>
public sealed record DatasetPlan(string Name, int TrainImages, int ValidationImages, int TestImages, ImageShape Image, int Classes)
{
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
/// <param name="BatchSize">The batch size for which <paramref name="MemoryBytes"/> is estimated: the sweep's largest, or the largest part of a batch that is trained at a time.</param>
/// <param name="MemoryBytes">Estimated memory of a training worker, Adam's state assumed; scratch memory of kernels is not in it.</param>
public sealed record LayoutPlan(ModelSettings Model, long Parameters, long MultiplyAdds, int BatchSize, long MemoryBytes)
{
    private const int OptimizerStateTensors = 2;

    public static LayoutPlan Of(ModelSettings model, DatasetFacts dataset, int batchSize)
    {
        var shape = ModelShape.Of(model, dataset.Image, dataset.Classes);
        return new LayoutPlan(
            model, shape.Parameters, shape.MultiplyAdds, batchSize, shape.TrainingBytes(batchSize, OptimizerStateTensors, dataset.Bytes));
    }
}
