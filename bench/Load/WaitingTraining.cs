using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Bench.Load;

/// <summary>
/// In the place of training: waits for as long as an epoch is to take, reports what a curve may look like, and obeys. An attempt goes on
/// after the epochs that are recorded, as from a checkpoint.
/// </summary>
internal sealed class WaitingTraining : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StartAttempt _start;
    private readonly IAttemptObserver _observer;
    private readonly TimeSpan _epoch;
    private readonly Timer _timer;
    private int _epochs;
    private bool _isOver;

    private WaitingTraining(StartAttempt start, IAttemptObserver observer, TimeSpan epoch)
    {
        (_start, _observer, _epoch, _epochs) = (start, observer, epoch, start.RecordedEpochs);
        _timer = new Timer(_ => Finish(), null, epoch, Timeout.InfiniteTimeSpan);
    }

    /// <param name="epoch">What each epoch takes.</param>
    /// <returns>Stops the attempt.</returns>
    public static Action<AttemptEnding> Start(StartAttempt start, IAttemptObserver observer, TimeSpan epoch) =>
        new WaitingTraining(start, observer, epoch).End;

    public void Dispose() => _timer.Dispose();

    private void Finish()
    {
        lock (_lock)
        {
            if (_isOver) return;
            _observer.EpochFinished(ReportOf(++_epochs));
            if (_epochs >= _start.Configuration.Budget) End(AttemptEnding.Completed);
            else _timer.Change(_epoch, Timeout.InfiniteTimeSpan);
        }
    }

    private void End(AttemptEnding ending)
    {
        lock (_lock)
        {
            if (_isOver) return;
            _isOver = true;
            _timer.Dispose();
            _observer.Ended(ending, null);
        }
    }

    /// <summary>Better with each epoch, and with each trial as good as its seed says.</summary>
    private EpochReport ReportOf(int epoch)
    {
        var luck = (_start.Seed & 0xFFFF) / 65536.0;
        var error = 0.1 + 0.5 * luck + 0.3 / epoch;
        return new EpochReport(
            epoch, 2 * error, 1 - error, new Evaluation(2.1 * error, 1 - 1.05 * error), new Evaluation(2.2 * error, 1 - 1.08 * error), 0.1,
            _epoch.TotalSeconds, 4321.5);
    }
}
