using Sweep.Coordinator.Terms;

namespace Sweep.Coordinator.Tests.Terms;

/// <summary>Ours until the test says otherwise.</summary>
internal sealed class TestTerm : ITerm
{
    private volatile bool _isOurs = true;

    public bool IsOurs
    {
        get => _isOurs;
        set => _isOurs = value;
    }

    public Task Lost { get; } = new TaskCompletionSource().Task;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
