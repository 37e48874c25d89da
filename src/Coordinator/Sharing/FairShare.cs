using System.Collections.Immutable;
using Sweep.Shared;

namespace Sweep.Coordinator.Sharing;

/// <summary>Whose turn it is when a worker is free. Pure.</summary>
/// <remarks>
/// Weighted fair queueing (Demers, Keshav, Shenker 1989), with workers in place of a link: each sweep has a level, the time that it has held workers
/// over its weight, and the lowest goes first. Over time the sweeps of a priority so hold workers in proportion to their weights, however long their
/// trials are, and with fewer workers than sweeps too. A trial's length is not known when it begins, so what a sweep holds now counts as one mean
/// trial for each worker: without that, a sweep whose trials take long would be given all workers before any of them is on its account.
/// </remarks>
public static class FairShare
{
    /// <summary>So many workers in a row may go to sweeps of higher priority while a sweep holds none; the next is offered to it first.</summary>
    public const int Patience = 20;

    /// <summary>The sweeps in the order in which the free worker is offered to them: the first that has something for it gets it.</summary>
    /// <param name="meanHold">Seconds that a worker was held by an attempt, on average over all sweeps; 0 where nobody knows yet.</param>
    public static ImmutableArray<SweepId> Turn(IEnumerable<Share> shares, double meanHold) =>
    [
        .. shares.OrderByDescending(share => Starves(share) ? share.PassedOver : 0)
            .ThenByDescending(share => share.Priority)
            .ThenBy(share => LevelOf(share, meanHold))
            .ThenBy(share => share.Slots / (double)share.Weight)
            .ThenByDescending(share => share.Weight)
            .Select(share => share.Sweep),
    ];

    /// <summary>What the sweep has had and is about to have, in seconds of one worker for each unit of weight.</summary>
    public static double LevelOf(Share share, double meanHold) => (share.SlotSeconds + meanHold * share.Slots) / share.Weight;

    private static bool Starves(Share share) => share.Slots == 0 && share.PassedOver >= Patience;
}
