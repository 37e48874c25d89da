namespace Sweep.GpuWorker.Training;

/// <summary>
/// Notices that training stands still: on a lost device, in a deadlock of a native library, on a file system that does not answer. A batch may
/// take twenty times as long as the slowest one before it, and never less than a minute. Safe for use from several threads.
/// </summary>
internal sealed class StallWatch : IDisposable
{
    public static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    private const int Times = 20;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Action<TimeSpan> _stalled;
    private readonly ITimer _timer;
    private long? _last;
    private TimeSpan _slowest;

    /// <param name="stalled">Called once at most, from a thread of the pool, with the time since the newest beat.</param>
    public StallWatch(TimeProvider time, Action<TimeSpan> stalled)
    {
        (_time, _stalled) = (time, stalled);
        _timer = time.CreateTimer(_ => Check(), null, Period, Period);
    }

    /// <summary>A batch is done. Nothing is watched before the first: who knows how long that may take.</summary>
    public void Beat()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            if (_last is { } last && _time.GetElapsedTime(last, now) is var taken && taken > _slowest) _slowest = taken;
            _last = now;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Check()
    {
        TimeSpan silence;
        lock (_lock)
        {
            if (_last is not { } last) return;
            silence = _time.GetElapsedTime(last);
            if (silence <= Least || silence <= Times * _slowest) return;
            _last = null;
        }
        _timer.Dispose();
        _stalled(silence);
    }
}
