using System.Diagnostics;
using Sweep.Coordinator.Samplers;

namespace Sweep.Bench.Search;

/// <summary>What a suggestion and taking in its result cost, by the number of configurations that have ended; medians.</summary>
internal static class SpeedTable
{
    private const int Suggestions = 30;

    private static readonly int[] Ended = [100, 1_000, 10_000];

    public static void Print(IReadOnlyList<string> names, IReadOnlyList<TestObjective> objectives, bool withPeer)
    {
        Console.WriteLine($"| space | sampler | {string.Join(" | ", Ended.Select(ended => $"{ended:N0}"))} |\n|---|---|---|---|---|");
        foreach (var objective in objectives)
        {
            foreach (var name in names) Row(objective.Name, name, ended => Milliseconds(name, objective, ended));
            foreach (var name in withPeer ? Optuna.Samplers : []) Row(objective.Name, $"Optuna {name}", ended => Optuna.Milliseconds(name, objective.Name, ended));
        }
    }

    private static void Row(string space, string sampler, Func<int, double?> milliseconds) =>
        Console.WriteLine($"| {space} | {sampler} | {string.Join(" | ", Ended.Select(ended => milliseconds(ended) is { } time ? $"{time:0.000}" : ""))} |");

    /// <summary>The results before were found at random.</summary>
    private static double? Milliseconds(string name, TestObjective objective, int ended)
    {
        var history = new MemoryHistory(objective);
        var random = new RandomSampler(objective.Space, TestObjective.Base, seed: 1);
        while (history.ConfigurationCount < ended)
        {
            history.Propose(random.Suggest(history)!);
            history.End(0);
        }
        var sampler = OwnSampler.Create(name, objective, ended + Suggestions, seed: 0);
        history.Propose(sampler.Suggest(history)!);
        history.End(0);
        var times = new double[Suggestions];
        for (var i = 0; i < Suggestions; i++)
        {
            var start = Stopwatch.GetTimestamp();
            history.Propose(sampler.Suggest(history)!);
            history.End(0);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        return times.Order().ElementAt(Suggestions / 2);
    }
}
