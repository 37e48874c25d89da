namespace Sweep.Coordinator.Samplers;

/// <summary>
/// Losses of trials that were stopped after different numbers of epochs, made comparable. A trial that was stopped after e epochs is credited
/// with what whole trials typically gained after epoch e: the median over the newest of them. Noise is smoothed away first: the best of many
/// noisy epochs is lucky. So a good trial that was stopped early does
/// not rank behind a bad one that was lucky enough to be trained to its end, as it does where partial results are ranked by epochs first.
/// <para>While no whole trial has gone beyond e, a partial result counts as it stands.</para>
/// </summary>
internal sealed class ComparableLosses
{
    private const int Newest = 32;

    private readonly Queue<Observation> _whole = new();

    /// <summary>The loss that the observation counts with, given those before it; infinite for a failure.</summary>
    public double Next(Observation observation)
    {
        if (observation.IsFailure) return double.PositiveInfinity;
        var level = observation.LevelAt(observation.Epochs);
        if (observation.IsPartial) return level - MedianGainAfter(observation.Epochs);
        _whole.Enqueue(observation);
        if (_whole.Count > Newest) _whole.Dequeue();
        return level;
    }

    private double MedianGainAfter(int epochs)
    {
        var gains = _whole.Where(whole => whole.Epochs > epochs).Select(whole => whole.LevelAt(epochs) - whole.LevelAt(whole.Epochs)).Order().ToList();
        return gains.Count == 0 ? 0 : gains[gains.Count / 2];
    }
}
