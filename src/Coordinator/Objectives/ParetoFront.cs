namespace Sweep.Coordinator.Objectives;

/// <summary>Which of several results cannot be bettered in one respect without losing in another. Of every value less is better; NaN loses.</summary>
public static class ParetoFront
{
    /// <summary>At least as good in all respects and better in one.</summary>
    public static bool Dominates(IReadOnlyList<double> one, IReadOnlyList<double> other)
    {
        var isBetter = false;
        for (var index = 0; index < one.Count; index++)
        {
            var (left, right) = (Comparable(one[index]), Comparable(other[index]));
            if (left > right) return false;
            isBetter |= left < right;
        }
        return isBetter;
    }

    /// <summary>Indexes of the results that no other dominates; of equal ones all. O(n log n + n·f) with f of them on the front.</summary>
    public static List<int> First(IReadOnlyList<IReadOnlyList<double>> results) => First(results, Enumerable.Range(0, results.Count));

    /// <summary>
    /// The number of each result's front, from 1: nothing dominates a member of the first, and nothing but members of earlier ones a member of another
    /// (non-dominated sorting, Deb et al. 2002, "A fast and elitist multiobjective genetic algorithm: NSGA-II", section III.A).
    /// </summary>
    public static int[] Sort(IReadOnlyList<IReadOnlyList<double>> results)
    {
        var fronts = new int[results.Count];
        var left = Enumerable.Range(0, results.Count).ToHashSet();
        for (var front = 1; left.Count > 0; front++)
            foreach (var member in First(results, left))
            {
                fronts[member] = front;
                left.Remove(member);
            }
        return fronts;
    }

    /// <summary>In lexicographic order nothing dominates what stands before it, so each need be held against the front so far alone.</summary>
    private static List<int> First(IReadOnlyList<IReadOnlyList<double>> results, IEnumerable<int> among)
    {
        var front = new List<int>();
        foreach (var index in among.Order(Comparer<int>.Create((left, right) => Lexicographic(results[left], results[right]))))
            if (!front.Exists(member => Dominates(results[member], results[index]))) front.Add(index);
        return front;
    }

    private static int Lexicographic(IReadOnlyList<double> left, IReadOnlyList<double> right) =>
        left.Zip(right, (one, other) => Comparable(one).CompareTo(Comparable(other))).FirstOrDefault(order => order != 0);

    /// <summary>How much lies between the results and <paramref name="reference"/>: the volume of all points that one of them dominates and that dominate it.</summary>
    /// <remarks>By slices along the last axis; for fronts of some hundreds in two or three respects.</remarks>
    public static double Hypervolume(IEnumerable<IReadOnlyList<double>> results, IReadOnlyList<double> reference)
    {
        var inside = results.Where(result => result.Zip(reference, (value, limit) => value < limit).All(isBelow => isBelow)).ToList();
        if (inside.Count == 0) return 0;
        if (reference.Count == 1) return reference[0] - inside.Min(result => result[0]);
        var (sum, last) = (0.0, reference.Count - 1);
        var cuts = inside.Select(result => result[last]).Distinct().Order().Append(reference[last]).ToList();
        for (var index = 0; index < cuts.Count - 1; index++)
        {
            var slice = inside.Where(result => result[last] <= cuts[index]).Select(IReadOnlyList<double> (result) => [.. result.Take(last)]);
            sum += (cuts[index + 1] - cuts[index]) * Hypervolume(slice, [.. reference.Take(last)]);
        }
        return sum;
    }

    private static double Comparable(double value) => double.IsNaN(value) ? double.PositiveInfinity : value;
}
