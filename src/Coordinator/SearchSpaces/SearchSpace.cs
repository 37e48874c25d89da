using Sweep.Shared;

namespace Sweep.Coordinator.SearchSpaces;

public sealed class SearchSpace
{
    public TrialConfiguration Resolve(TrialConfiguration configuration, Hyperparameters hyperparameters) => throw new NotImplementedException();
}
