using Sweep.Coordinator.SweepFiles;

namespace Sweep.Coordinator.Samplers;

public static class Sampler
{
    /// <summary>The sampler that the sweep asks for, at its beginning or on resuming: a sampler remembers nothing that the history does not say.</summary>
    public static ISampler Create(SweepDefinition definition) => definition.Search.Algorithm switch
    {
        SearchAlgorithm.Grid => new GridSampler(definition.Space, definition.Base),
        SearchAlgorithm.Random => new RandomSampler(definition.Space, definition.Base, definition.Seed),
        _ => throw new ArgumentOutOfRangeException(nameof(definition), definition.Search.Algorithm, null),
    };
}
