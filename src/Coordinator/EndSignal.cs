using System.Runtime.InteropServices;

namespace Sweep.Coordinator;

/// <summary>Hears Ctrl-C and SIGTERM, and keeps them from ending the process at once.</summary>
internal sealed class EndSignal : IDisposable
{
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _heard;

    public EndSignal() => _heard = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Hear), PosixSignalRegistration.Create(PosixSignal.SIGINT, Hear)];

    /// <summary>When the process is told to end.</summary>
    public Task Told => _told.Task;

    public void Dispose()
    {
        foreach (var registration in _heard) registration.Dispose();
    }

    private void Hear(PosixSignalContext context)
    {
        context.Cancel = true;
        _told.TrySetResult();
    }
}
