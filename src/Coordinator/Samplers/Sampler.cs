using Sweep.Coordinator.Samplers.GaussianProcesses;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

public static class Sampler
{
    /// <summary>The sampler that the sweep asks for, at its beginning or on resuming: a sampler remembers nothing that the history does not say.</summary>
    public static ISampler Create(SweepDefinition definition)
    {
        var (algorithm, space, configuration, seed) = (definition.Search.Algorithm, definition.Space, definition.Base, definition.Seed);
        var sampler = definition.FurtherObjectives.Count > 0 && Learns(algorithm)
            ? new ScalarizingSampler(() => Create(algorithm, space, configuration, seed), seed)
            : definition.Scheduler.Kind == SchedulerKind.Bohb ? new BohbSampler(space, configuration, seed) : Create(algorithm, space, configuration, seed);
        return definition.Search.StartWith.Count == 0
            ? sampler
            : new StartWithSampler(definition.Search.StartWith, sampler, new OpenSpace(definition.Space, definition.Base));
    }

    /// <summary>Whether results make a difference to what the algorithm proposes.</summary>
    private static bool Learns(SearchAlgorithm algorithm) => algorithm is not (SearchAlgorithm.Grid or SearchAlgorithm.Random or SearchAlgorithm.Sobol);

    public static ISampler Create(SearchAlgorithm algorithm, SearchSpace space, TrialConfiguration configuration, long seed) => algorithm switch
    {
        SearchAlgorithm.Grid => new GridSampler(space, configuration),
        SearchAlgorithm.Random => new RandomSampler(space, configuration, seed),
        SearchAlgorithm.Sobol => new SobolSampler(space, configuration, seed),
        SearchAlgorithm.Tpe => new TpeSampler(space, configuration, seed),
        SearchAlgorithm.Gp => new GpSampler(space, configuration, seed),
        SearchAlgorithm.CmaEs => new CmaEsSampler(space, configuration, seed),
        SearchAlgorithm.Evolution => new EvolutionSampler(space, configuration, seed),
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, null),
    };
}
