using System.Collections.Concurrent;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Actors;

/// <summary>Keeps what it hears of.</summary>
internal sealed class RecordingListener : ISweepListener
{
    private long _seen;
    private int _losses;
    private int _finds;

    /// <summary>Each once, as a follower sees them.</summary>
    public ConcurrentQueue<ISweepEvent> Events { get; } = new();

    public int Losses => Volatile.Read(ref _losses);

    public int Finds => Volatile.Read(ref _finds);

    /// <summary>Why the sweep cannot go on; null where it can.</summary>
    public volatile Exception? Failure;

    public void Happened(long number, SweepState state, ISweepEvent sweepEvent)
    {
        if (number <= _seen) return;
        Assert.Equal(++_seen, number);
        Events.Enqueue(sweepEvent);
    }

    public void Progressed(AttemptId attempt, int epoch, double epochProgress) { }

    public void StoreLost(Exception cause) => Interlocked.Increment(ref _losses);

    public void StoreFound() => Interlocked.Increment(ref _finds);

    public void Failed(Exception cause) => Failure = cause;
}
