using Sweep.Coordinator.SearchSpaces;
using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

/// <summary>
/// Walks the grid in order, without combinations that constraints rule out and without those that train the same network as an earlier one
/// (augmentation settings where augmentation is off, say).
/// </summary>
public sealed class GridSampler(SearchSpace space, TrialConfiguration configuration) : ISampler
{
    private readonly Walk _walk = new(new OpenSpace(space, configuration), space, space.Grid());

    public Hyperparameters? Suggest(ISamplerHistory history) => _walk.FirstUntried(history);
}
