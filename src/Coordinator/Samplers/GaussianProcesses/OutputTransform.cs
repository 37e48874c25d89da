namespace Sweep.Coordinator.Samplers.GaussianProcesses;

/// <summary>
/// A monotone change of losses that makes them more like a Gaussian process's: identity, or log((y − best) / spread + c). Then mean 0 and variance 1.
/// Which one, the marginal likelihood says, with the transform's slope at every loss as Jacobian (Snelson et al. 2003, "Warped Gaussian processes").
/// </summary>
/// <param name="Offset">c; null for the identity.</param>
internal sealed record OutputTransform(double? Offset)
{
    public static readonly OutputTransform[] All = [new((double?)null), new(1.0), new(0.1), new(0.01)];

    /// <param name="losses">Finite; at least 2.</param>
    /// <returns>The targets, and the sum of the logarithms of the transform's slopes.</returns>
    public (double[] Targets, double LogJacobian) Of(IReadOnlyList<double> losses)
    {
        var ordered = losses.Order().ToList();
        var best = ordered[0];
        var spread = ordered[ordered.Count / 2] - best;
        if (!(spread > 0)) spread = ordered[^1] - best;
        if (!(spread > 0)) return (new double[losses.Count], 0);
        var logSlopes = 0.0;
        var targets = new double[losses.Count];
        for (var i = 0; i < targets.Length; i++)
        {
            var relative = (losses[i] - best) / spread;
            targets[i] = Offset is { } c ? Math.Log(relative + c) : relative;
            if (Offset is not null) logSlopes -= targets[i];
        }
        var mean = targets.Average();
        var deviation = Math.Sqrt(targets.Average(target => (target - mean) * (target - mean)));
        for (var i = 0; i < targets.Length; i++) targets[i] = (targets[i] - mean) / deviation;
        return (targets, logSlopes - targets.Length * Math.Log(deviation));
    }
}
