namespace Sweep.Coordinator.SweepFiles;

/// <summary>Guesses what a misspelt name was meant to be.</summary>
internal static class NearestName
{
    private const int LongestName = 100;

    /// <summary>The known name that the fewest edits lead to, if these are at most a third of its letters; else null.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        if (name.Length > LongestName) return null;
        var lowered = name.ToLowerInvariant();
        return known
            .Select(candidate => (candidate, edits: Edits(lowered, candidate)))
            .Where(pair => pair.edits <= Math.Max(1, pair.candidate.Length / 3))
            .OrderBy(pair => pair.edits)
            .Select(pair => pair.candidate)
            .FirstOrDefault();
    }

    /// <summary>What to do about an unknown name: take the nearest one, or one of all.</summary>
    public static string Advice(string name, IReadOnlyCollection<string> known) =>
        Of(name, known) is { } nearest ? $"did you mean `{nearest}`?" : $"known here: {string.Join(", ", known)}";

    /// <summary>Letters inserted, deleted, replaced, or swapped with their neighbour (optimal string alignment).</summary>
    private static int Edits(string left, string right)
    {
        var cost = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                cost[i, j] = (i, j) switch
                {
                    (_, 0) => i,
                    (0, _) => j,
                    _ => Math.Min(Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1, cost[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)),
                };
                var swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
                if (swapped) cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }
        return cost[left.Length, right.Length];
    }
}
