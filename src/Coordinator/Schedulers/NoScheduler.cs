using Sweep.Shared;

namespace Sweep.Coordinator.Schedulers;

/// <summary>Every trial trains on.</summary>
public sealed class NoScheduler : IScheduler
{
    public IScheduler Reported(Standing standing) => this;

    public SchedulerDecision Decide(Standing standing) => new SchedulerDecision.Continue();

    public IScheduler Paused(Standing standing) => this;

    public IScheduler Left(Standing standing) => this;

    public TrialId? NextToPromote(bool isSearchOver) => null;
}
