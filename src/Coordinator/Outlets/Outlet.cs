using System.Threading.Channels;
using Serilog;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Outlets;

/// <summary>
/// Somebody outside who hears of a sweep's events at a pace of their own. Events wait in a queue; where it is full the oldest are left out and counted,
/// so that nobody who is slow or gone slows the sweep.
/// </summary>
internal abstract class Outlet : ISweepListener, IAsyncDisposable
{
    private const int MostWaiting = 10_000;

    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    private readonly Channel<Entry> _queue;
    private readonly CancellationTokenSource _closing = new();
    private readonly string _name;
    private readonly Task _telling;
    private long _seen, _leftOut;

    /// <param name="name">What the log calls it.</param>
    /// <param name="seen">Number of the last event that is not news.</param>
    protected Outlet(string name, long seen, ILogger log)
    {
        (_name, _seen, Log) = (name, seen, log);
        _queue = Channel.CreateBounded<Entry>(
            new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest }, _ => Interlocked.Increment(ref _leftOut));
        _telling = Task.Run(TellAsync);
    }

    protected ILogger Log { get; }

    public void Happened(long number, SweepState state, ISweepEvent sweepEvent)
    {
        if (number <= _seen) return;
        _seen = number;
        _queue.Writer.TryWrite(new Entry(number, state, sweepEvent));
    }

    public void StoreLost(Exception cause) { }

    public void StoreFound() { }

    public void Failed(Exception cause) { }

    /// <summary>Waits a short time for what is queued.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _closing.CancelAfter(CloseLimit);
        await _telling;
        if (_leftOut > 0) Log.Warning("{Outlet} was too slow: {Count} events were left out", _name, _leftOut);
        await CloseAsync();
        _closing.Dispose();
    }

    /// <summary>Called for one event after the other. An <see cref="IOException"/> is logged, and the next event is told.</summary>
    /// <param name="state">After the event.</param>
    /// <param name="closing">The sweep's end does not wait any longer.</param>
    protected abstract Task HearAsync(long number, SweepState state, ISweepEvent sweepEvent, CancellationToken closing);

    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;

    private async Task TellAsync()
    {
        await foreach (var (number, state, sweepEvent) in _queue.Reader.ReadAllAsync())
        {
            try
            {
                if (_closing.IsCancellationRequested) Interlocked.Increment(ref _leftOut);
                else await HearAsync(number, state, sweepEvent, _closing.Token);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref _leftOut);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Log.Warning("{Outlet} did not take event {Event}: {Problem}", _name, number, exception.Message);
            }
        }
    }

    private sealed record Entry(long Number, SweepState State, ISweepEvent Event);
}
