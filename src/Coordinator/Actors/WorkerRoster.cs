using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Actors;

/// <summary>Which workers are there, and until when their word holds. Pure: times are monotonic readings given by the caller.</summary>
/// <param name="lease">How long a worker may be silent before it counts as gone.</param>
public sealed class WorkerRoster<TAddress>(TimeSpan lease)
    where TAddress : notnull
{
    /// <summary>A worker whose connection broke says a word again within moments, if it lives.</summary>
    private static readonly TimeSpan ReturnLimit = TimeSpan.FromSeconds(5);

    /// <summary>A worker that lives says a word every second.</summary>
    private static readonly TimeSpan Recently = TimeSpan.FromSeconds(3);

    private readonly Dictionary<WorkerId, Entry> _entries = [];

    /// <summary>Workers that were heard of.</summary>
    public int Count { get; private set; }

    /// <summary>The worker has said something: its lease begins anew.</summary>
    public void Heard(WorkerId worker, TAddress address, TimeSpan now)
    {
        if (Find(worker) is null) Count++;
        _entries[worker] = new Entry(address, now, now + lease);
    }

    /// <summary>The worker held something before this roster was made, and may come back until then.</summary>
    public void Expect(WorkerId worker, TimeSpan until) => _entries[worker] = new Entry(default, until - lease, until);

    /// <summary>Nobody could be heard for a while: no lease ends before then.</summary>
    public void Extend(TimeSpan until)
    {
        foreach (var (worker, entry) in _entries.ToList())
            if (entry.Until < until) _entries[worker] = entry with { Until = until };
    }

    /// <summary>
    /// The connection to these workers broke. Where a worker was heard of just before, it is its process that has ended, and its lease ends
    /// with it unless it says a word. Where it had been silent, it is the network that broke, and the lease stands.
    /// </summary>
    public void Disconnected(Predicate<TAddress> address, TimeSpan now)
    {
        foreach (var (worker, entry) in _entries.ToList())
        {
            if (entry.Address is not { } known || !address(known) || now - entry.Heard > Recently || entry.Until <= now + ReturnLimit) continue;
            _entries[worker] = entry with { Until = now + ReturnLimit, IsConnected = false };
        }
    }

    /// <summary>False where the worker's lease ends early, since its connection broke.</summary>
    public bool IsConnected(WorkerId worker) => !_entries.TryGetValue(worker, out var entry) || entry.IsConnected;

    /// <summary>Null where the worker is unknown, or has not been heard of.</summary>
    public TAddress? Find(WorkerId worker) => _entries.TryGetValue(worker, out var entry) ? entry.Address : default;

    /// <summary>Forgets the worker; its address, or null where it was unknown.</summary>
    public TAddress? Remove(WorkerId worker)
    {
        if (!_entries.Remove(worker, out var entry)) return default;
        if (entry.Address is not null) Count--;
        return entry.Address;
    }

    /// <summary>Workers silent for longer than they may be.</summary>
    public IReadOnlyList<WorkerId> Expired(TimeSpan now) => [.. _entries.Where(entry => now > entry.Value.Until).Select(entry => entry.Key)];

    private sealed record Entry(TAddress? Address, TimeSpan Heard, TimeSpan Until, bool IsConnected = true);
}
