using Sweep.Shared;

namespace Sweep.Coordinator.Samplers;

/// <summary>Configurations that a person wants to see first, in order; then what another sampler makes of them.</summary>
internal sealed class StartWithSampler(IReadOnlyList<Hyperparameters> first, ISampler then, OpenSpace open) : ISampler
{
    public Hyperparameters? Suggest(ISamplerHistory history) =>
        first.FirstOrDefault(hyperparameters => open.Holds(hyperparameters, history)) ?? then.Suggest(history);
}
