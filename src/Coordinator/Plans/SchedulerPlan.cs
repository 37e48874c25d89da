using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Sweep.Coordinator.Schedulers;
using Sweep.Coordinator.SweepFiles;

namespace Sweep.Coordinator.Plans;

/// <summary>What the scheduler leaves of a sweep's epochs.</summary>
/// <param name="Rungs">Epochs after which trials are compared; empty for the median rule, which compares after each.</param>
/// <param name="Reason">Why <c>auto</c> chose it; null where the file names it.</param>
/// <param name="ExpectedEpochs">
/// Of the search's trials together, if all could train for as long as any; null for the median rule, where that depends on the results.
/// </param>
public sealed record SchedulerPlan(
    SchedulerKind Kind,
    int MinEpochs,
    int ReductionFactor,
    ImmutableArray<int> Rungs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? ExpectedEpochs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null)
{
    /// <summary>Without an end in seconds, the rungs go on.</summary>
    private const int MostShown = 6;

    /// <summary>Seconds of training after which trials are compared; null where epochs count.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? RungSeconds { get; init; }

    /// <param name="trials">Of the search.</param>
    public static SchedulerPlan? Of(SweepDefinition definition, long trials)
    {
        var ((kind, min, factor), reason) = (definition.Scheduler, definition.Scheduler.Reason);
        if (kind == SchedulerKind.None) return null;
        if (definition.Scheduler.Seconds is { } seconds)
            return new SchedulerPlan(kind, min, factor, [], null) { RungSeconds = [.. SecondsScheduler.LevelsOf(seconds, factor).Take(MostShown)] };
        if (definition.Scheduler.Population is { IntervalEpochs: var interval })
            return new SchedulerPlan(kind, interval, factor, [.. Enumerable.Range(1, (definition.MaxEpochs - 1) / interval).Select(count => count * interval)], trials * definition.MaxEpochs);
        if (kind == SchedulerKind.Screening) return Screening(definition, trials);
        if (kind == SchedulerKind.Median) return new SchedulerPlan(kind, min, factor, [], null);
        var max = definition.MaxEpochs;
        var rungs = RungLevels.Below(max, min, factor);
        ImmutableArray<double> shares = kind == SchedulerKind.Asha ? [1] : HyperbandScheduler.SharesOf(rungs.Length, factor);
        var epochs = shares.Select((share, bracket) => Epochs([.. rungs.Skip(bracket)], max, factor, (long)Math.Round(share * trials))).Sum();
        return new SchedulerPlan(kind, min, factor, rungs, epochs, reason);
    }

    private static SchedulerPlan Screening(SweepDefinition definition, long trials)
    {
        var ((_, min, factor), reason) = (definition.Scheduler, definition.Scheduler.Reason);
        var rungs = RungLevels.Below(definition.MaxEpochs, min, factor);
        var screened = Math.Min(trials, ScreeningScheduler.TrialsOf(min, definition.MaxEpochs, factor) * (long)definition.Replicates.OfEach);
        var epochs = Epochs(rungs, definition.MaxEpochs, factor, screened) + (trials - screened) * definition.MaxEpochs;
        return new SchedulerPlan(SchedulerKind.Screening, min, factor, rungs, epochs, reason);
    }

    /// <summary>Every trial to the lowest rung, and of those at a rung one in η to the next, but at least one.</summary>
    private static long Epochs(ImmutableArray<int> rungs, int max, int factor, long trials)
    {
        var (sum, before) = (0L, 0);
        foreach (var level in rungs.Append(max))
        {
            sum += trials * (level - before);
            before = level;
            trials = Math.Max(trials / factor, Math.Min(trials, 1));
        }
        return sum;
    }
}
