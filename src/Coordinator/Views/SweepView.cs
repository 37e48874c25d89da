using System.Threading.Channels;
using Akka.Actor;
using Sweep.Coordinator.Actors;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Views;

/// <summary>
/// One sweep as people look at it. The actor puts down what happens and goes on; a task of the view's own enters it into <see cref="SweepBooks"/>,
/// and whoever asks reads those. Nobody ever waits for the actor, nor the actor for anybody.
/// </summary>
public sealed class SweepView : ISweepListener, IAsyncDisposable
{
    private readonly Channel<Action> _queue = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock _lock = new();
    private readonly SweepBooks _books;
    private readonly TimeProvider _time;
    private readonly Task _entering;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _seen;
    private bool _isWhole = true;

    /// <param name="initial">After all events that are stored.</param>
    /// <param name="seen">Number of the last of them.</param>
    /// <param name="past">All events that are stored; null where nothing is. It is read aside, and what only events tell is complete when it has been.</param>
    /// <param name="total">How many trials the sweep comes to; null where nobody knows.</param>
    /// <param name="replan">How many a sweep of this definition comes to, once it has been extended.</param>
    public SweepView(
        SweepId sweep, SweepState initial, long seen, IEnumerable<ISweepEvent>? past, RunFolder folder, int? total, Func<SweepDefinition, int?> replan, TimeProvider time)
    {
        (Sweep, Folder, _seen, _time) = (sweep, folder, seen, time);
        _books = new SweepBooks(initial, seen, total, replan);
        Name = initial.Definition.Name;
        Since = time.GetUtcNow();
        _entering = Task.Run(() => EnterAsync(seen == 0 ? null : past, seen));
    }

    public SweepId Sweep { get; }

    public string Name { get; }

    /// <summary>Since when this process has known the sweep.</summary>
    public DateTimeOffset Since { get; }

    public RunFolder Folder { get; }

    /// <summary>Who takes orders for the sweep; nobody where it is only looked at.</summary>
    public IActorRef Orders { get; private set; } = ActorRefs.Nobody;

    /// <summary>What happens, as it does.</summary>
    public EventFeed Feed { get; } = new();

    /// <summary>Reads the books as they stand. Reading must take no longer than what is asked for is large.</summary>
    public T Read<T>(Func<SweepBooks, T> read)
    {
        lock (_lock) return read(_books);
    }

    /// <summary>Of a view that was disposed of: all that has happened; null where the past could not be read.</summary>
    public SweepChronicle? WholeChronicle => Read(books => _isWhole ? books.Chronicle : null);

    /// <summary>When everything that has happened until now is in the books.</summary>
    public Task CaughtUpAsync()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_queue.Writer.TryWrite(entered.SetResult)) entered.SetResult();
        return entered.Task;
    }

    /// <summary>This process is at work on the sweep: somebody takes orders for it, or will as soon as it has started.</summary>
    public bool IsAtWork { get; init; }

    /// <summary>Somebody takes orders for the sweep.</summary>
    public Task IsOpened => _opened.Task;

    public void Opened(IActorRef sweep)
    {
        Orders = sweep;
        _opened.TrySetResult();
    }

    public void Happened(long number, SweepState state, ISweepEvent sweepEvent)
    {
        if (number <= _seen) return;
        _seen = number;
        Post(() => _books.Enter(number, state, sweepEvent));
        Feed.Publish(new FeedEntry(number, EventNames.Of(sweepEvent), EventNames.TrialOf(sweepEvent)));
    }

    /// <summary>Much that has happened before anybody looks: told one by one, each event would wake the task that enters it.</summary>
    internal void Happened(IReadOnlyList<(long Number, SweepState State, ISweepEvent Event)> events) => Post(() =>
    {
        foreach (var (number, state, sweepEvent) in events) _books.Enter(number, state, sweepEvent);
    });

    public void Progressed(AttemptId attempt, int epoch, double epochProgress) => Post(() => _books.Workers.Progressed(attempt, epoch, epochProgress));

    /// <param name="device">Null where nothing new is known of it.</param>
    internal void WorkerArrived(WorkerId worker, DeviceDescription? device)
    {
        var now = _time.GetUtcNow();
        Post(() => _books.Workers.Arrived(worker, device, now));
        Feed.Publish(new FeedEntry(0, "worker_joined", null));
    }

    internal void WorkerLeft(WorkerId worker, string reason)
    {
        var now = _time.GetUtcNow();
        Post(() =>
        {
            _books.Workers.Left(worker, reason, now);
            _books.Warnings.Add(now, null, $"worker {worker.ShortName} {reason}");
        });
        Feed.Publish(new FeedEntry(0, "worker_left", null));
    }

    public void StoreLost(Exception cause) =>
        Post(() => _books.StoreProblem ??= $"the history cannot be stored ({cause.GetBaseException().Message}); the sweep goes on when it can");

    public void StoreFound() => Post(() => _books.StoreProblem = null);

    public void Failed(Exception cause)
    {
        var now = _time.GetUtcNow();
        Post(() => _books.Warnings.Add(now, null, cause.Message));
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _entering;
        Feed.Dispose();
    }

    private void Post(Action entry) => _queue.Writer.TryWrite(entry);

    private async Task EnterAsync(IEnumerable<ISweepEvent>? past, long seen)
    {
        if (past is not null) ReadPast(past, seen);
        await foreach (var entry in _queue.Reader.ReadAllAsync())
        {
            lock (_lock) entry();
        }
    }

    /// <summary>The lock is taken for one event at a time, so that readers are not kept waiting.</summary>
    private void ReadPast(IEnumerable<ISweepEvent> past, long seen)
    {
        try
        {
            foreach (var sweepEvent in past.TakeWhile(_ => seen-- > 0))
            {
                lock (_lock) _books.EnterPast(sweepEvent);
            }
        }
        catch (HistoryException exception)
        {
            lock (_lock)
            {
                _isWhole = false;
                _books.Warnings.Add(_time.GetUtcNow(), null, $"attempts and timeline are incomplete: {exception.Message}");
            }
        }
    }
}
