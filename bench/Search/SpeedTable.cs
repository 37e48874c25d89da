using System.Diagnostics;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SearchSpaces;

namespace Sweep.Bench.Search;

/// <summary>What a suggestion and taking in its result cost, by the number of configurations that have ended; medians, and the worst of them.</summary>
internal static class SpeedTable
{
    private const int WarmUp = 20, Suggestions = 100;

    private static readonly int[] Ended = [100, 1_000, 10_000];

    public static void Print(IReadOnlyList<string> names, IReadOnlyList<TestObjective> objectives, bool withPeer)
    {
        Console.WriteLine($"| space | sampler | {string.Join(" | ", Ended.Select(ended => $"{ended:N0}"))} | 10,000 : 1,000 | worst at 10,000 |\n|---|---|---|---|---|---|---|");
        // What is compiled on first use, and better after many, is compiled.
        for (var round = 0; round < 3; round++)
            foreach (var name in names) CostOf(name, objectives[0], Ended[1]);
        foreach (var objective in objectives)
        {
            foreach (var name in names) Row(objective.Name, name, ended => CostOf(name, objective, ended));
            foreach (var name in withPeer ? Optuna.Samplers : []) Row(objective.Name, $"Optuna {name}", ended => Optuna.Cost(name, objective.Name, ended));
        }
    }

    private static void Row(string space, string sampler, Func<int, Cost?> costAfter)
    {
        var costs = Ended.Select(costAfter).OfType<Cost>().ToList();
        if (costs.Count < Ended.Length) return;
        Console.WriteLine(
            $"| {space} | {sampler} | {string.Join(" | ", costs.Select(cost => $"{cost.Median:0.000}"))} | {costs[^1].Median / costs[^2].Median:0.00} | {costs[^1].Worst:0.000} |");
    }

    /// <summary>The results before were found at random; on a grid, by walking it.</summary>
    private static Cost CostOf(string name, TestObjective objective, int ended)
    {
        if (name == "grid") objective = objective with { Space = Gridded(objective.Space) };
        var history = new MemoryHistory(objective);
        var sampler = OwnSampler.Create(name, objective, ended + WarmUp + Suggestions, seed: 0);
        var before = name == "grid" ? sampler : new RandomSampler(objective.Space, TestObjective.Base, seed: 1);
        while (history.ConfigurationCount < ended) Try(before, history);
        for (var i = 0; i < WarmUp; i++) Try(sampler, history);
        var times = new double[Suggestions];
        for (var i = 0; i < Suggestions; i++)
        {
            var start = Stopwatch.GetTimestamp();
            Try(sampler, history);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        return new Cost(times.Order().ElementAt(Suggestions / 2), times.Max());
    }

    private static void Try(ISampler sampler, MemoryHistory history)
    {
        history.Propose(sampler.Suggest(history)!);
        history.End(0);
    }

    /// <summary>Five points of every range: more than ten thousand combinations.</summary>
    private static SearchSpace Gridded(SearchSpace space) => new(space.Parameters.Select(parameter => parameter.Domain switch
    {
        ContinuousDomain range => new Parameter(parameter.Name, new ContinuousDomain(range.Min, range.Max, range.Scale, points: 5), parameter.When),
        LatticeDomain range => new Parameter(parameter.Name, new LatticeDomain(range.Min, range.Max, range.Step, range.Scale, wholeNumbers: true, gridPoints: 5), parameter.When),
        _ => parameter,
    }));
}

/// <summary>Of a suggestion, in milliseconds.</summary>
internal sealed record Cost(double Median, double Worst);
