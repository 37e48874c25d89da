using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator;

public static class ExitCodes
{
    public const int Done = 0;

    /// <summary><c>verify</c> found something wrong.</summary>
    public const int AuditFailed = 1;

    /// <summary>The sweep file or the command line is wrong; nothing was written and no worker started.</summary>
    public const int BadInput = 2;

    public const int NoTrialCompleted = 3;

    /// <summary>The sweep could not go on: trials failed alike one after the other, its history cannot be read, or workers cannot be kept alive.</summary>
    public const int CannotGoOn = 4;

    /// <summary>Another coordinator has taken over the run and goes on with it.</summary>
    public const int StoodDown = 5;

    /// <summary>The coordinator, asked by a command, refused and said why.</summary>
    public const int Refused = 6;

    /// <summary>Told to end as a service: the sweep goes on with the next coordinator. 128 + SIGTERM, as if the signal had ended it.</summary>
    public const int HandedOver = 143;

    /// <summary>Ended by a signal; what was finished is reported.</summary>
    public const int Interrupted = 130;

    /// <summary>From what one would rather see to what one must see: of several sweeps, the last of these is the program's.</summary>
    private static readonly int[] Severity = [Done, NoTrialCompleted, Interrupted, CannotGoOn, HandedOver, StoodDown, BadInput];

    /// <param name="codes">At least one, each of how a sweep ended.</param>
    public static int Worst(IEnumerable<int> codes) => codes.MaxBy(code => Array.IndexOf(Severity, code));

    /// <summary>Of a sweep that has ended.</summary>
    public static int Of(SweepState final)
    {
        if (final.Ending == SweepEnding.Interrupted) return Interrupted;
        if (final.Ending == SweepEnding.FailureStorm) return CannotGoOn;
        var hasResult = final.Trials.Any(trial => trial.Outcome is TrialOutcome.Completed or TrialOutcome.Stopped or TrialOutcome.Overfit);
        return hasResult ? Done : NoTrialCompleted;
    }
}
