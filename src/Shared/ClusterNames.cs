namespace Sweep.Shared;

/// <summary>Every role, actor name and path on which the two programs agree.</summary>
public static class ClusterNames
{
    public const string ActorSystem = "sweep";
    public const string CoordinatorRole = "coordinator";
    public const string WorkerRole = "gpu-worker";
    /// <summary>Whom workers talk to, of whichever sweep.</summary>
    public const string SweepActor = "sweep";

    public const string WorkerActor = "worker";

    /// <summary>That actor's path below its node's address.</summary>
    public static readonly string[] SweepActorPath = ["user", SweepActor];
}
