namespace Sweep.Bench.Search;

/// <summary>Simple regret: how far the best of the trials so far is from the function's minimum. Medians over seeds, with quartiles.</summary>
internal static class RegretTable
{
    private const int Early = 50;

    public static void Print(IReadOnlyList<string> names, IReadOnlyList<TestObjective> objectives, int seeds, int budget, bool withPeer)
    {
        Console.WriteLine($"| function | sampler | after {Early} | after {budget} | ms a trial |\n|---|---|---|---|---|");
        foreach (var objective in objectives)
        {
            foreach (var name in names) Row(objective.Name, name, Run(name, objective, seeds, budget));
            foreach (var name in withPeer ? Optuna.Samplers : [])
                if (Optuna.Regrets(name, objective.Name, seeds, budget) is { } regrets) Row(objective.Name, $"Optuna {name}", regrets);
        }
    }

    private static void Row(string function, string sampler, Regrets regrets) =>
        Console.WriteLine($"| {function} | {sampler} | {Quartiles(regrets.Early)} | {Quartiles(regrets.Late)} | {regrets.MillisecondsOfTrial:0.0} |");

    private static Regrets Run(string name, TestObjective objective, int seeds, int budget)
    {
        var (early, late) = (new double[seeds], new double[seeds]);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var seed = 0; seed < seeds; seed++)
        {
            var (history, sampler, best) = (new MemoryHistory(objective), OwnSampler.Create(name, objective, budget, seed), double.PositiveInfinity);
            for (var trial = 1; trial <= budget; trial++)
            {
                history.Propose(sampler.Suggest(history)!);
                best = Math.Min(best, history.End(0));
                if (trial <= Early) early[seed] = best - objective.Lowest;
            }
            late[seed] = best - objective.Lowest;
        }
        return new Regrets(early, late, clock.Elapsed.TotalMilliseconds / seeds / budget);
    }

    private static string Quartiles(double[] values)
    {
        var ordered = values.Order().ToArray();
        return $"{At(0.5):g3} [{At(0.25):g2}, {At(0.75):g2}]";

        double At(double share)
        {
            var place = share * (ordered.Length - 1);
            var low = (int)place;
            var high = Math.Min(low + 1, ordered.Length - 1);
            return Math.Max(0, ordered[low] + (ordered[high] - ordered[low]) * (place - low));
        }
    }
}

/// <param name="Early">After the first 50 trials, one a seed.</param>
/// <param name="Late">After all.</param>
internal sealed record Regrets(double[] Early, double[] Late, double MillisecondsOfTrial);
