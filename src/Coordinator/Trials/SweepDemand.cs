namespace Sweep.Coordinator.Trials;

/// <summary>How many workers a sweep could employ now: what an autoscaler is to aim for. Pure.</summary>
/// <remarks>
/// Trials that wait for their next attempt count even while they back off: their wait, five minutes at most, is about what a new worker takes
/// to come up, and a demand that fell and rose with it would start and end workers in vain.
/// </remarks>
public static class SweepDemand
{
    /// <summary>
    /// Trials that run, wait, are paused and sure to go on, or would be proposed if a worker asked; never more than <c>limits.max_parallel_trials</c>, or than there are
    /// epochs left in <c>limits.max_epochs_total</c>. 0 once the sweep has ended, and while it is paused.
    /// </summary>
    /// <param name="searchTrials">Trials that the search will have had in the end, without those that repeat the best.</param>
    public static int Of(SweepState state, int searchTrials)
    {
        if (state.Ending is not null || state.IsPaused) return 0;
        var proposals = state.IsExhausted ? 0 : Math.Max(0, searchTrials - state.TrialCount);
        var limits = state.Definition.Limits;
        var epochsLeft = (limits.MaxEpochsTotal ?? int.MaxValue) - state.EpochsTotal;
        var paused = state.Scheduler.TrainsAll ? state.Paused.Count : 0;
        return new[] { state.Running.Count + state.Waiting.Count + paused + proposals, limits.MaxParallelTrials ?? int.MaxValue, epochsLeft }.Min();
    }
}
