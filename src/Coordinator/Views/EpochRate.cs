namespace Sweep.Coordinator.Views;

/// <summary>Epochs a second, over the last minute.</summary>
public sealed class EpochRate
{
    private const int Seconds = 60;

    private readonly int[] _counts = new int[Seconds];
    private long _newest;
    private long _first = long.MaxValue;

    internal void Add(DateTimeOffset at)
    {
        var second = at.ToUnixTimeSeconds();
        if (_first == long.MaxValue) _first = second;
        if (second <= _newest - Seconds) return;
        Forget(second);
        _counts[second % Seconds]++;
    }

    /// <summary>Over the minute that ends now, or the shorter time since the first epoch.</summary>
    public double At(DateTimeOffset now)
    {
        var second = now.ToUnixTimeSeconds();
        Forget(second);
        return _first == long.MaxValue ? 0 : _counts.Sum() / (double)Math.Clamp(second - _first + 1, 1, Seconds);
    }

    private void Forget(long second)
    {
        for (var stale = Math.Max(_newest + 1, second - Seconds + 1); stale <= second; stale++) _counts[stale % Seconds] = 0;
        _newest = Math.Max(_newest, second);
    }
}
