using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Views;

/// <param name="Number">Of the event in the history; 0 for what is not stored.</param>
/// <param name="Kind"><c>epoch_recorded</c>, <c>trial_finished</c> … ; <c>worker_joined</c>, <c>worker_left</c>; <c>gap</c> where some were left out.</param>
/// <param name="Trial">Null where it is not of one trial.</param>
public sealed record FeedEntry(long Number, string Kind, int? Trial);

/// <summary>What happens, told to any number of readers. One that reads too slowly loses the oldest entries, and is told so by a <c>gap</c>.</summary>
public sealed class EventFeed : IDisposable
{
    /// <summary>Entries that a reader may be behind.</summary>
    private const int MostBehind = 1_024;

    private readonly ConcurrentDictionary<Reader, bool> _readers = [];
    private volatile bool _isOver;

    public void Publish(FeedEntry entry)
    {
        foreach (var (reader, _) in _readers) reader.Add(entry);
    }

    /// <summary>Hears everything from now on, until it is disposed of or the feed is.</summary>
    public Reader Subscribe()
    {
        var reader = new Reader(this);
        _readers[reader] = true;
        if (_isOver) reader.Complete();
        return reader;
    }

    public void Dispose()
    {
        _isOver = true;
        foreach (var (reader, _) in _readers) reader.Complete();
    }

    public sealed class Reader : IDisposable
    {
        private readonly EventFeed _feed;
        private readonly Channel<FeedEntry> _entries;
        private int _lost;

        internal Reader(EventFeed feed)
        {
            _feed = feed;
            _entries = Channel.CreateBounded<FeedEntry>(
                new BoundedChannelOptions(MostBehind) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => Interlocked.Increment(ref _lost));
        }

        public async IAsyncEnumerable<FeedEntry> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            await foreach (var entry in _entries.Reader.ReadAllAsync(cancellation))
            {
                if (Interlocked.Exchange(ref _lost, 0) > 0) yield return new FeedEntry(entry.Number, "gap", null);
                yield return entry;
            }
        }

        public void Dispose() => _feed._readers.TryRemove(this, out _);

        internal void Add(FeedEntry entry) => _entries.Writer.TryWrite(entry);

        internal void Complete() => _entries.Writer.TryComplete();
    }
}

/// <summary>Events by the names that they have outside of this program.</summary>
internal static class EventNames
{
    private static readonly Dictionary<Type, string> Names =
        SweepEventSerializer.Table.ToDictionary(entry => entry.Type, entry => JsonNamingPolicy.SnakeCaseLower.ConvertName(entry.Type.Name));

    public static string Of(ISweepEvent sweepEvent) => Names[sweepEvent.GetType()];

    public static int? TrialOf(ISweepEvent sweepEvent) => sweepEvent switch
    {
        TrialCreated created => created.Trial.Number,
        AttemptStarted started => started.Attempt.Trial.Number,
        EpochRecorded recorded => recorded.Attempt.Trial.Number,
        AttemptClosed closed => closed.Attempt.Trial.Number,
        TrialPaused paused => paused.Attempt.Trial.Number,
        TrialExploited exploited => exploited.Trial.Number,
        TrialFinished finished => finished.Trial.Number,
        AttemptRefused refused => refused.Attempt.Trial.Number,
        _ => null,
    };
}
