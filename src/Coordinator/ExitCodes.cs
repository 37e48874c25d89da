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

    /// <summary>Told to end as a service: the sweep goes on with the next coordinator. 128 + SIGTERM, as if the signal had ended it.</summary>
    public const int HandedOver = 143;

    /// <summary>Ended by a signal; what was finished is reported.</summary>
    public const int Interrupted = 130;
}
