namespace Sweep.Coordinator.Terms;

/// <summary>The time in which this process is the one coordinator at work on a run. Disposing of it ends it in order.</summary>
public interface ITerm : IAsyncDisposable
{
    /// <summary>Certainly no other coordinator is at work. May be false for a while, where that cannot be known. Safe from any thread.</summary>
    bool IsOurs { get; }

    /// <summary>Completes when another coordinator has taken over: this one is never at work again.</summary>
    Task Lost { get; }
}

/// <summary>Another coordinator has taken over; the message says so.</summary>
public sealed class StoodDownException(string message) : Exception(message);
