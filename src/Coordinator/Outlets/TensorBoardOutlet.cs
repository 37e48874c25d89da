using Serilog;
using Sweep.Coordinator.Exports.TensorBoard;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Outlets;

/// <summary>TensorBoard's event files while the sweep runs: each epoch is there once it is recorded.</summary>
internal sealed class TensorBoardOutlet(string folder, long seen, ILogger log) : Outlet("TensorBoard", seen, log)
{
    /// <summary>Coordinators that go on with a sweep write files of their own beside those that are there.</summary>
    private readonly TensorBoardLog _files = new(folder, $"{Environment.MachineName}.{Environment.ProcessId}");

    protected override Task HearAsync(long number, SweepState state, ISweepEvent sweepEvent, CancellationToken closing)
    {
        _files.Hear(state, sweepEvent);
        return Task.CompletedTask;
    }
}
