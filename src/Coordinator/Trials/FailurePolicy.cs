using System.Collections.Immutable;

namespace Sweep.Coordinator.Trials;

/// <summary>What an attempt failed of. It decides whether its trial is tried again.</summary>
public enum FailureClass
{
    /// <summary>Its worker was told to end, and handed the trial back: nobody's fault.</summary>
    Preempted,

    /// <summary>Its worker died, was cut off, or was silent for longer than its lease.</summary>
    Infrastructure,

    /// <summary>Its device has too little memory for the configuration.</summary>
    OutOfMemory,

    /// <summary>Its loss was NaN or infinite.</summary>
    Diverged,

    /// <summary>Its data set is missing or damaged.</summary>
    Data,

    /// <summary>Anything else that training threw.</summary>
    Code,
}

/// <summary>What follows from a failure.</summary>
public static class FailurePolicy
{
    public static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether another attempt may fare better. A configuration that diverges or needs more memory than there is does so again, and a file that is
    /// missing is missing the next time.
    /// </summary>
    public static bool IsRetried(FailureClass failure) => failure is FailureClass.Preempted or FailureClass.Infrastructure or FailureClass.Code;

    /// <summary>How long the trial waits before its next attempt: not at all the first time, then twice as long each time.</summary>
    /// <param name="failures">Of the trial that count, since its newest epoch; with this one.</param>
    public static TimeSpan BackOff(int failures) =>
        failures < 2 ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Min(FirstBackOff.Ticks << Math.Min(failures - 2, 30), LongestBackOff.Ticks));

    /// <summary>
    /// So many configurations that fail alike, one after the other, that something must be wrong with all: three where none has
    /// trained an epoch yet, else ten. To diverge is a result, and a space may well have twenty such corners side by side.
    /// </summary>
    public static int Storm(FailureClass failure, bool hasTrained) => failure == FailureClass.Diverged ? 20 : hasTrained ? 10 : 3;

    /// <summary>In words, for people.</summary>
    public static string Name(FailureClass failure) => failure switch
    {
        FailureClass.OutOfMemory => "out of memory",
        _ => failure.ToString().ToLowerInvariant(),
    };
}

/// <summary>Configurations that failed alike, one after the other, until now.</summary>
/// <param name="Configurations">Their hashes: replicates of one configuration fail alike, and say nothing of the others.</param>
public sealed record FailureStreak(FailureClass Failure, ImmutableHashSet<string> Configurations)
{
    /// <summary>The streak after a trial's end.</summary>
    /// <param name="failure">Null where the trial did not fail.</param>
    public static FailureStreak? After(FailureStreak? before, FailureClass? failure, string configuration) =>
        failure is not { } alike ? null
        : before?.Failure == alike ? before with { Configurations = before.Configurations.Add(configuration) }
        : new FailureStreak(alike, [configuration]);
}
