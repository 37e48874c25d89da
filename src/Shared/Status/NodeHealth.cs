namespace Sweep.Shared.Status;

/// <summary>What a program says of itself when it is asked how it is. Safe from any thread, and never waits for anybody.</summary>
public sealed class NodeHealth
{
    private volatile Func<string?> _problem = () => "it is starting";
    private volatile bool _isStarted;

    /// <summary>It has everything it needs to begin; true from then on.</summary>
    public bool IsStarted => _isStarted;

    /// <summary>Why it does not do what it is here for; null where it does.</summary>
    public string? Problem => _problem();

    /// <param name="problem">Says, whenever asked, why the program does not do what it is here for; null where it does. Must return at once.</param>
    public void Started(Func<string?> problem)
    {
        _problem = problem;
        _isStarted = true;
    }
}
