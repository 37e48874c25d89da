namespace Sweep.Coordinator.Samplers;

/// <summary>
/// A history's observations as points and losses, kept up with it: each is turned into a point once, and inserted into the ranking.
/// A history that is no continuation of the one before is read from its beginning.
/// </summary>
internal sealed class ObservedPoints(Axes axes)
{
    private readonly List<double[]> _points = [];
    private readonly List<double> _losses = [];
    private readonly List<int> _ranking = [];
    private ComparableLosses _comparable = new();
    private ulong _fingerprint;

    public int Count => _points.Count;

    public IReadOnlyList<double[]> Points => _points;

    /// <summary>At the full budget, as far as that is known: see <see cref="ComparableLosses"/>. Infinite for failures.</summary>
    public IReadOnlyList<double> Losses => _losses;

    /// <summary>Indexes into the points, best first, of equal ones the earlier first.</summary>
    public IReadOnlyList<int> Ranking => _ranking;

    /// <summary>Those that are no failures; they come first in the ranking.</summary>
    public int ResultCount { get; private set; }

    /// <returns>Whether the log continues the one before: what was computed from its points still holds.</returns>
    public bool Follow(ObservationLog log) => Follow(log, log.Count);

    /// <summary>The first <paramref name="count"/> observations, and no others.</summary>
    public bool Follow(ObservationLog log, int count)
    {
        var continues = count >= Count && log.Fingerprint(Count) == _fingerprint;
        if (!continues) Forget();
        for (var index = Count; index < count; index++) Add(log[index]);
        _fingerprint = log.Fingerprint(count);
        return continues;
    }

    private void Forget()
    {
        _points.Clear();
        _losses.Clear();
        _ranking.Clear();
        (_comparable, ResultCount) = (new ComparableLosses(), 0);
    }

    private void Add(Observation observation)
    {
        var loss = _comparable.Next(observation);
        _ranking.Insert(RankOf(loss), Count);
        _points.Add(axes.PointOf(observation.Hyperparameters));
        _losses.Add(loss);
        if (double.IsFinite(loss)) ResultCount++;
    }

    /// <summary>Behind all that are as good.</summary>
    private int RankOf(double loss)
    {
        var (low, high) = (0, _ranking.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_losses[_ranking[middle]] <= loss) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
