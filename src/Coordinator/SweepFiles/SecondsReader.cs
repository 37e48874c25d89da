namespace Sweep.Coordinator.SweepFiles;

/// <summary>The keys of <c>scheduler</c> that compare trials after seconds and not epochs.</summary>
internal static class SecondsReader
{
    private const string Seconds = "seconds";
    private static readonly SettingType.Name Resources = new(["epochs", Seconds]);

    public static readonly string[] Keys = ["resource", "min_seconds", "max_seconds"];

    public static bool IsAskedFor(Section scheduler) => scheduler.Name("resource", Resources) == Seconds;

    public static SchedulerSettings Read(Section scheduler, SchedulerKind kind, ErrorList errors)
    {
        if (kind is not (SchedulerKind.Asha or SchedulerKind.Hyperband))
            errors.Add(scheduler.Entry("resource")!.Mark, "resource: only asha and hyperband compare after seconds; name one of them, or remove resource");
        if (scheduler.Entry("min_epochs") is { } stray) errors.Add(stray.Mark, "min_epochs: with resource: seconds it is min_seconds that counts; remove it");
        scheduler.Require("min_seconds", "missing `scheduler.min_seconds`; give the training time after which trials are compared first");
        var (min, max) = (scheduler.Integer("min_seconds", min: 1, max: 1_000_000), scheduler.Integer("max_seconds", min: 2));
        if (min >= max) errors.Add(scheduler.Node("max_seconds")!.Mark, $"max_seconds: {max} is not above min_seconds, {min}; raise it");
        if (kind == SchedulerKind.Hyperband) scheduler.Require("max_seconds", "missing `scheduler.max_seconds`; hyperband's brackets end there");
        var factor = scheduler.Integer("reduction_factor", min: 2) ?? new SchedulerSettings(kind).ReductionFactor;
        return new SchedulerSettings(kind, ReductionFactor: factor) { Seconds = new SecondsSettings(min ?? 1, max) };
    }

    public static void RefuseKeys(Section scheduler, ErrorList errors)
    {
        foreach (var key in Keys.Skip(1))
            if (scheduler.Entry(key) is { } stray) errors.Add(stray.Mark, $"{key}: it belongs to resource: seconds; remove it, or give that");
    }
}
