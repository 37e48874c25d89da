using Sweep.Shared;

namespace Sweep.Coordinator.Samplers.GaussianProcesses;

/// <summary>
/// Finds the trial with the highest expected improvement: many random points and neighbours of the best trials, the best of them climbed from,
/// by gradient along ranges and value by value along choices and steps.
/// </summary>
internal sealed class AcquisitionSearch(Axes axes, GaussianProcess process, CounterRandom random)
{
    private const int RandomPoints = 400, Neighbours = 200, Climbs = 5, Rounds = 3, Evaluations = 40;

    /// <summary>More values than these are searched among their neighbours only.</summary>
    private const int MostValues = 16;

    private readonly double[] _means = new double[process.Fantasies], _byMean = new double[process.Fantasies];
    private CounterRandom _random = random;

    /// <summary>Trials, most promising first; settled, constraints not looked at but for <paramref name="isAllowed"/>.</summary>
    /// <param name="best">The best trials so far, best first.</param>
    public IEnumerable<double[]> Run(IReadOnlyList<double[]> best, Func<double[], bool> isAllowed)
    {
        var starts = Candidates(best).Where(candidate => isAllowed(candidate.Settled)).OrderByDescending(candidate => candidate.Value).ToList();
        var climbed = starts.Take(Climbs).Select(start => Climb(start, isAllowed)).OrderByDescending(candidate => candidate.Value).ToList();
        return climbed.Concat(starts).Select(candidate => candidate.Settled);
    }

    /// <param name="Latent">With a coordinate for every parameter, for when another choice brings it into existence.</param>
    private sealed record Candidate(double[] Latent, double[] Settled, double Value);

    private IEnumerable<Candidate> Candidates(IReadOnlyList<double[]> best)
    {
        for (var i = 0; i < RandomPoints; i++) yield return At(axes.Draw(ref _random));
        for (var i = 0; i < Neighbours; i++) yield return At(NeighbourOf(best[i % best.Count]));
    }

    private Candidate At(double[] latent)
    {
        var settled = axes.Settle((double[])latent.Clone());
        return new Candidate(latent, settled, Value(settled));
    }

    /// <summary>A trial that differs in about a third of its axes, ranges by steps from small to large.</summary>
    private double[] NeighbourOf(double[] point)
    {
        var neighbour = axes.Draw(ref _random);
        var scale = Math.Pow(10, -0.5 - 2.5 * _random.NextDouble());
        var kept = _random.NextInt(axes.Count);
        for (var axis = 0; axis < axes.Count; axis++)
        {
            var isChanged = axis == kept || _random.NextDouble() < 1.0 / 3;
            if (double.IsNaN(point[axis])) continue;
            if (!isChanged) neighbour[axis] = point[axis];
            else if (!axes[axis].IsChoice) neighbour[axis] = Math.Clamp(point[axis] + scale * Normal.Draw(ref _random), 0, 1);
        }
        return neighbour;
    }

    private Candidate Climb(Candidate start, Func<double[], bool> isAllowed)
    {
        var best = start;
        for (var round = 0; round < Rounds; round++)
        {
            var before = best.Value;
            best = Better(best, ClimbRanges(best), isAllowed);
            for (var axis = 0; axis < axes.Count; axis++)
                foreach (var coordinate in ValuesNear(axis, best.Settled))
                    best = Better(best, At(With(best, axis, coordinate)), isAllowed);
            if (best.Value - before < 1e-3) break;
        }
        return best;
    }

    private static Candidate Better(Candidate best, Candidate other, Func<double[], bool> isAllowed) =>
        other.Value > best.Value && isAllowed(other.Settled) ? other : best;

    private static double[] With(Candidate candidate, int axis, double coordinate)
    {
        var latent = (double[])candidate.Latent.Clone();
        for (var i = 0; i < latent.Length; i++)
            if (!double.IsNaN(candidate.Settled[i])) latent[i] = candidate.Settled[i];
        latent[axis] = coordinate;
        return latent;
    }

    private IEnumerable<double> ValuesNear(int axis, double[] settled)
    {
        if (double.IsNaN(settled[axis]) || axes[axis].Levels is not { } levels) return [];
        if (axes[axis].IsChoice) return Enumerable.Range(0, (int)levels).Select(index => (double)index).Where(index => index != settled[axis]);
        int[] steps = levels <= MostValues ? [.. Enumerable.Range(-MostValues, 2 * MostValues + 1)] : [-2, -1, 1, 2];
        return steps.Select(step => step == 0 ? null : axes[axis].Neighbour(settled[axis], step)).OfType<double>();
    }

    /// <summary>Along the coordinates that exist and are no choices; steps are settled at the end.</summary>
    private Candidate ClimbRanges(Candidate start)
    {
        var free = Enumerable.Range(0, axes.Count).Where(axis => !axes[axis].IsChoice && !double.IsNaN(start.Settled[axis])).ToArray();
        if (free.Length == 0) return start;
        var point = (double[])start.Settled.Clone();
        var whole = new double[axes.Count];
        var (lower, upper) = (new double[free.Length], new double[free.Length]);
        Array.Fill(upper, 1);
        var (x, _) = BoundedMinimizer.Minimize(Negative, [.. free.Select(axis => point[axis])], lower, upper, Evaluations);
        Put(x);
        return At(With(start with { Settled = point }, free[0], point[free[0]]));

        double Negative(double[] coordinates, double[] gradient)
        {
            Put(coordinates);
            var value = Value(point, whole);
            for (var i = 0; i < free.Length; i++) gradient[i] = -whole[free[i]];
            return -value;
        }

        void Put(double[] coordinates)
        {
            for (var i = 0; i < free.Length; i++) point[free[i]] = coordinates[i];
        }
    }

    /// <summary>The logarithm of the expected improvement, averaged over the fantasies.</summary>
    /// <param name="gradient">Takes its gradient by axis; null for none.</param>
    private double Value(double[] point, double[]? gradient = null)
    {
        var deviation = process.Predict(point, _means);
        Span<double> values = stackalloc double[_means.Length], byDeviation = stackalloc double[_means.Length];
        for (var i = 0; i < _means.Length; i++)
            (values[i], _byMean[i], byDeviation[i]) = LogExpectedImprovement.Of(_means[i], deviation, process.Incumbents[i]);
        var highest = values[0];
        foreach (var value in values) highest = Math.Max(highest, value);
        var (sum, slopeOfDeviation) = (0.0, 0.0);
        foreach (var value in values) sum += Math.Exp(value - highest);
        for (var i = 0; i < _means.Length; i++)
        {
            var share = Math.Exp(values[i] - highest) / sum;
            slopeOfDeviation += share * byDeviation[i];
            _byMean[i] *= share;
        }
        if (gradient is not null) process.Slopes(point, _byMean, deviation, slopeOfDeviation, gradient);
        return highest + Math.Log(sum / _means.Length);
    }
}
