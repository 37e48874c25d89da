using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Actors;

/// <summary>Which workers are there, and until when their word holds. Pure: times are monotonic readings given by the caller.</summary>
/// <param name="lease">How long a worker may be silent before it counts as gone.</param>
public sealed class WorkerRoster<TAddress>(TimeSpan lease)
    where TAddress : notnull
{
    private readonly Dictionary<WorkerId, Entry> _entries = [];

    /// <summary>Workers that were heard of.</summary>
    public int Count => _entries.Values.Count(entry => entry.Address is not null);

    /// <summary>The worker has said something: its lease begins anew.</summary>
    public void Heard(WorkerId worker, TAddress address, TimeSpan now) => _entries[worker] = new Entry(address, now + lease);

    /// <summary>The worker held something before this roster was made, and may come back until then.</summary>
    public void Expect(WorkerId worker, TimeSpan until) => _entries[worker] = new Entry(default, until);

    /// <summary>Nobody could be heard for a while: no lease ends before then.</summary>
    public void Extend(TimeSpan until)
    {
        foreach (var (worker, entry) in _entries.ToList())
            if (entry.Until < until) _entries[worker] = entry with { Until = until };
    }

    /// <summary>Null where the worker is unknown, or has not been heard of.</summary>
    public TAddress? Find(WorkerId worker) => _entries.TryGetValue(worker, out var entry) ? entry.Address : default;

    /// <summary>Forgets the worker; its address, or null where it was unknown.</summary>
    public TAddress? Remove(WorkerId worker) => _entries.Remove(worker, out var entry) ? entry.Address : default;

    public IReadOnlyList<WorkerId> At(Predicate<TAddress> address) =>
        [.. _entries.Where(entry => entry.Value.Address is { } known && address(known)).Select(entry => entry.Key)];

    /// <summary>Workers silent for longer than they may be.</summary>
    public IReadOnlyList<WorkerId> Expired(TimeSpan now) => [.. _entries.Where(entry => now > entry.Value.Until).Select(entry => entry.Key)];

    private sealed record Entry(TAddress? Address, TimeSpan Until);
}
