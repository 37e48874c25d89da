using Microsoft.Extensions.Hosting;

namespace Sweep.Shared;

/// <summary>Signals belong to the programs: an interrupt must end a sweep in order before it ends any host.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
