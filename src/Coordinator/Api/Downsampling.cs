using Sweep.Coordinator.Reports;
using Sweep.Shared;

namespace Sweep.Coordinator.Api;

/// <summary>Which of many points to show. Pure.</summary>
internal static class Downsampling
{
    /// <summary>At most so many indexes below <paramref name="count"/>, the first and the last among them, in even steps.</summary>
    public static IEnumerable<int> Indexes(int count, int points)
    {
        if (count <= points) return Enumerable.Range(0, count);
        return Enumerable.Range(0, points).Select(point => points == 1 ? count - 1 : (int)((long)point * (count - 1) / (points - 1)));
    }

    /// <summary>The rows in the order of their objectives, the best first; those without one last, and equal ones by number.</summary>
    public static LeaderboardRow[] BestFirst(IEnumerable<LeaderboardRow> rows, Objective objective)
    {
        var ordered = rows.ToArray();
        var sign = objective.Maximizes ? -1 : 1;
        Array.Sort(Array.ConvertAll(ordered, row => (sign * row.Objective ?? double.PositiveInfinity, row.Trial.Number)), ordered);
        return ordered;
    }

    /// <summary>At most so many indexes below <paramref name="count"/>: the first <paramref name="best"/>, and of the rest an even choice.</summary>
    public static IEnumerable<int> BestAndEven(int count, int points, int best) => count <= points
        ? Enumerable.Range(0, count)
        : Enumerable.Range(0, best).Concat(Indexes(count - best, points - best).Select(index => best + index));

    /// <summary>Of every stretch of points the highest and the lowest, so that no peak is lost; in order.</summary>
    public static IEnumerable<int> Extremes(int count, int points, Func<int, double> value)
    {
        if (count <= points) return Enumerable.Range(0, count);
        var stretches = Math.Max(1, points / 2);
        return Enumerable.Range(0, stretches).SelectMany(stretch =>
        {
            var indexes = Enumerable.Range((int)((long)stretch * count / stretches), (int)((stretch + 1L) * count / stretches - (long)stretch * count / stretches)).ToList();
            return new[] { indexes.MinBy(value), indexes.MaxBy(value) }.Distinct().Order();
        });
    }
}
