using Sweep.Shared;

namespace Sweep.Coordinator.Schedulers;

/// <summary>
/// Decides who trains on. Immutable, and moved on by facts alone, as the sweep's state is, of which it is a part: the same events give
/// the same scheduler, live or replayed. It does not matter which trial reported first: what a scheduler knows follows from each trial's reports and
/// from whether it is paused. Every call takes at most O(log n) of n trials.
/// </summary>
/// <remarks>
/// A trial that pauses gives its worker back and keeps its checkpoint. It goes on, on any worker, when it is promoted, and ends when the
/// search is over and it cannot be promoted any more.
/// </remarks>
public interface IScheduler
{
    /// <summary>After an epoch of a trial was recorded.</summary>
    IScheduler Reported(Standing standing);

    /// <summary>What becomes of a trial whose newest epoch was <see cref="Reported"/>.</summary>
    SchedulerDecision Decide(Standing standing);

    /// <summary>After a trial has paused.</summary>
    IScheduler Paused(Standing standing);

    /// <summary>After a paused trial was promoted, or has ended.</summary>
    IScheduler Left(Standing standing);

    /// <summary>The paused trial that a free worker is to go on with; null for none.</summary>
    /// <param name="isSearchOver">No trial runs, and no other one will: what is not promoted now never is.</param>
    TrialId? NextToPromote(bool isSearchOver);

    /// <summary>After a trial has ended.</summary>
    IScheduler Ended(TrialId trial) => this;

    /// <summary>After the first configuration was trained in full, in this sweep or in one that it learned from: the search knows something from then on.</summary>
    /// <param name="trials">That had been created by then.</param>
    IScheduler Informed(int trials) => this;

    /// <summary>Of the schedulers that have several brackets, the one that a trial belongs to, from 0; else 0.</summary>
    int BracketOf(TrialId trial) => 0;

    /// <summary>Every trial is to train to its end, side by side with the others: new ones begin before paused ones go on.</summary>
    bool TrainsAll => false;

    /// <summary>The trial whose network and hyperparameters a paused one takes over before it goes on; null where it keeps its own.</summary>
    TrialId? SourceOf(Standing standing) => null;
}

/// <summary>What a scheduler says to a report; the reason is for people.</summary>
public abstract record SchedulerDecision
{
    private SchedulerDecision() { }

    public sealed record Continue : SchedulerDecision;

    public sealed record Pause(string Reason) : SchedulerDecision;

    public sealed record Stop(string Reason) : SchedulerDecision;
}
