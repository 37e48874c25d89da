using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Actors;

/// <summary>Which workers are there, and until when their word holds. Pure: times are monotonic readings given by the caller.</summary>
/// <param name="lease">How long a worker may be silent before it counts as gone.</param>
public sealed class WorkerRoster<TAddress>(TimeSpan lease)
    where TAddress : notnull
{
    private readonly Dictionary<WorkerId, Entry> _entries = [];

    public int Count => _entries.Count;

    /// <summary>The worker has said something: its lease begins anew.</summary>
    public void Heard(WorkerId worker, TAddress address, TimeSpan now)
    {
        if (_entries.TryGetValue(worker, out var entry)) (entry.Address, entry.HeardAt) = (address, now);
        else _entries[worker] = new Entry { Address = address, HeardAt = now };
    }

    /// <summary>Null where the worker is unknown.</summary>
    public TAddress? Find(WorkerId worker) => _entries.TryGetValue(worker, out var entry) ? entry.Address : default;

    /// <summary>Forgets the worker; its address, or null where it was unknown.</summary>
    public TAddress? Remove(WorkerId worker) => _entries.Remove(worker, out var entry) ? entry.Address : default;

    public IReadOnlyList<WorkerId> At(Predicate<TAddress> address) => [.. _entries.Where(entry => address(entry.Value.Address)).Select(entry => entry.Key)];

    /// <summary>Workers silent for longer than the lease.</summary>
    public IReadOnlyList<WorkerId> Expired(TimeSpan now) => [.. _entries.Where(entry => now - entry.Value.HeardAt > lease).Select(entry => entry.Key)];

    private sealed class Entry
    {
        public required TAddress Address { get; set; }
        public required TimeSpan HeardAt { get; set; }
    }
}
