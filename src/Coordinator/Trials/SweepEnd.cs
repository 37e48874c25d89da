namespace Sweep.Coordinator.Trials;

/// <summary>Whether a sweep has reached one of its limits, or what it was looking for.</summary>
internal static class SweepEnd
{
    /// <summary>The first limit that holds no longer, with a sentence for people; null while all do. The sweep must have started.</summary>
    public static (SweepEnding Ending, string Detail)? Reached(SweepState state, DateTimeOffset now)
    {
        var limits = state.Definition.Limits;
        if (IsTargetReached(state) && state.Leader is var (trial, value))
            return (SweepEnding.TargetReached, $"trial {trial} reached {value:0.######}, and the target is {limits.Target:0.######}");
        if (state.EpochsTotal >= limits.MaxEpochsTotal)
            return (SweepEnding.EpochLimit, $"the sweep spent its limit of {state.EpochsTotal} epochs");
        if (state.TrialsSinceBest >= limits.PatienceTrials)
            return (SweepEnding.PatienceSpent, $"{state.TrialsSinceBest} trials in a row brought no new best");
        if (state.RunningFor(now) >= limits.MaxDuration)
            return (SweepEnding.DurationLimit, $"the sweep reached its limit of {limits.MaxDuration}");
        if (limits.MaxGpuHours is { } hours && state.WorkersHeldFor(now).TotalHours >= hours)
            return (SweepEnding.GpuHoursLimit, $"workers were held for the sweep's limit of {hours:0.###} hours");
        return null;
    }

    private static bool IsTargetReached(SweepState state) =>
        state is { Definition.Limits.Target: { } target, Leader: var (_, value) } && !state.Definition.Objective.IsBetter(target, value);
}
