using Sweep.Coordinator.SweepFiles;

namespace Sweep.Coordinator.Schedulers;

public static class Scheduler
{
    /// <summary>The scheduler that the sweep asks for, before the first trial.</summary>
    public static IScheduler Create(SweepDefinition definition)
    {
        var (kind, min, factor) = definition.Scheduler;
        if (definition.Scheduler.Seconds is { } seconds) return SecondsScheduler.Create(kind, seconds, factor, definition.Replicates.OfEach);
        return kind switch
        {
            SchedulerKind.None => new NoScheduler(),
            SchedulerKind.Median => new MedianStoppingRule(min),
            SchedulerKind.Asha => new AshaScheduler(min, definition.MaxEpochs, factor),
            SchedulerKind.Screening => new ScreeningScheduler(min, definition.MaxEpochs, factor, definition.Replicates.OfEach, definition.Search.Trials),
            SchedulerKind.Bohb => new BohbScheduler(min, definition.MaxEpochs, factor, definition.Replicates.OfEach),
            SchedulerKind.Hyperband => new HyperbandScheduler(min, definition.MaxEpochs, factor, definition.Replicates.OfEach),
            SchedulerKind.Pbt => new PbtScheduler(definition.Scheduler.Population!, definition.MaxEpochs, definition.Seed),
            _ => throw new ArgumentOutOfRangeException(nameof(definition), kind, null),
        };
    }
}
