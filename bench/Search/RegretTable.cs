using System.Diagnostics;

namespace Sweep.Bench.Search;

/// <summary>
/// Simple regret: how far the best of the trials so far is from the function's minimum, after some numbers of trials. Medians over seeds, with
/// quartiles; each row as soon as it is known.
/// </summary>
internal static class RegretTable
{
    /// <param name="after">Numbers of trials, rising; each run goes on to the last of them.</param>
    public static void Print(IReadOnlyList<string> names, IReadOnlyList<TestObjective> objectives, int seeds, IReadOnlyList<int> after, bool withPeer)
    {
        Console.WriteLine($"| function | sampler | {string.Join(" | ", after.Select(trials => $"after {trials:N0}"))} | ms a trial |");
        Console.WriteLine($"|---|---|{string.Concat(after.Select(_ => "---|"))}---|");
        foreach (var objective in objectives)
        {
            foreach (var name in names) Row(objective.Name, name, Run(name, objective, seeds, after));
            foreach (var name in withPeer ? Optuna.Samplers : [])
                if (Optuna.Regrets(name, objective.Name, seeds, after) is { } regrets) Row(objective.Name, $"Optuna {name}", regrets);
        }
    }

    private static void Row(string function, string sampler, Regrets regrets) => Console.WriteLine(
        $"| {function} | {sampler} | {string.Join(" | ", regrets.After.Select(Quartiles))} | {regrets.MillisecondsOfTrial:0.0} |");

    private static Regrets Run(string name, TestObjective objective, int seeds, IReadOnlyList<int> after)
    {
        var regrets = after.Select(_ => new double[seeds]).ToList();
        var clock = Stopwatch.StartNew();
        for (var seed = 0; seed < seeds; seed++)
        {
            var (history, sampler, best) = (new MemoryHistory(objective), OwnSampler.Create(name, objective, after[^1], seed), double.PositiveInfinity);
            for (var trial = 1; trial <= after[^1]; trial++)
            {
                history.Propose(sampler.Suggest(history)!);
                best = Math.Min(best, history.End(0));
                foreach (var (mark, trials) in after.Index())
                    if (trial == trials) regrets[mark][seed] = best - objective.Lowest;
            }
        }
        return new Regrets(regrets, clock.Elapsed.TotalMilliseconds / seeds / after[^1]);
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

/// <param name="After">Of each number of trials, one regret a seed.</param>
internal sealed record Regrets(IReadOnlyList<double[]> After, double MillisecondsOfTrial);
