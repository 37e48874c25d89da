using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;

namespace Sweep.Bench.Search;

/// <summary>This project's samplers by the names that sweep files have for them.</summary>
internal static class OwnSampler
{
    public static ISampler Create(string name, TestObjective objective, int trials, long seed) =>
        Sampler.Create(AlgorithmOf(name, objective, trials), objective.Space, TestObjective.Base, seed);

    private static SearchAlgorithm AlgorithmOf(string name, TestObjective objective, int trials) => name == "auto"
        ? AutoChoice.Of(objective.Space, gridCount: null, trials, parallel: null).Algorithm
        : Enum.Parse<SearchAlgorithm>(name.Replace("_", ""), ignoreCase: true);
}
