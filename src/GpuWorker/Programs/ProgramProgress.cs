using System.Diagnostics;
using Sweep.GpuWorker.Training;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.GpuWorker.Programs;

/// <summary>
/// What a program has reported so far, and what of it is wrong. The last epoch's report is held back until the program has ended in order: whoever
/// hears of it may tidy up. Safe from several threads.
/// </summary>
internal sealed class ProgramProgress
{
    private readonly Lock _lock = new();
    private readonly Attempt _attempt;
    private readonly OwnCheckpoints _checkpoints;
    private readonly List<EpochReport> _reports;
    private readonly int _resumedFrom;
    private long _lastSign = Stopwatch.GetTimestamp();
    private long _lastReport = Stopwatch.GetTimestamp();
    private AttemptEnd? _end;

    /// <param name="before">Epochs that a checkpoint has behind it.</param>
    public ProgramProgress(Attempt attempt, OwnCheckpoints checkpoints, IEnumerable<EpochReport> before)
    {
        (_attempt, _checkpoints, _reports) = (attempt, checkpoints, [.. before]);
        _resumedFrom = _reports.Count;
        foreach (var report in _reports) attempt.Report(report);
    }

    /// <summary>How the attempt ends, once something that was reported, or was not, decides it.</summary>
    public AttemptEnd? End
    {
        get
        {
            lock (_lock) return _end;
        }
    }

    public int Epochs
    {
        get
        {
            lock (_lock) return _reports.Count;
        }
    }

    /// <summary>Since the newest report or sign of progress.</summary>
    public TimeSpan Silence => Stopwatch.GetElapsedTime(Volatile.Read(ref _lastSign));

    /// <returns>Whether it says that the program gets on.</returns>
    public bool Read(string line)
    {
        lock (_lock)
        {
            if (_end is not null) return false;
            switch (ReportLine.Parse(line))
            {
                case ReportLine.Text:
                    return false;
                case ReportLine.Progress(var share):
                    _attempt.Show(_reports.Count + 1, share);
                    break;
                case ReportLine.Bad(var problem):
                    Stop(new(AttemptEnding.Failed, problem));
                    break;
                case ReportLine.Epoch epoch:
                    Read(epoch);
                    break;
                case var other:
                    throw new InvalidOperationException($"unknown kind of line: {other}");
            }
        }
        Volatile.Write(ref _lastSign, Stopwatch.GetTimestamp());
        return true;
    }

    /// <summary>The program is to end, for a reason that lies outside its reports.</summary>
    public void Fail(string problem)
    {
        lock (_lock) Stop(new(AttemptEnding.Failed, problem));
    }

    /// <summary>The program has ended in order: its last epoch counts.</summary>
    public void Complete() => _attempt.Report(_reports[^1]);

    private void Read(ReportLine.Epoch epoch)
    {
        var report = epoch.Report.Seconds > 0 ? epoch.Report : epoch.Report with { Seconds = Stopwatch.GetElapsedTime(_lastReport).TotalSeconds };
        _lastReport = Stopwatch.GetTimestamp();
        if (Contradiction(report) is { } problem)
        {
            Stop(new(AttemptEnding.Failed, problem));
            return;
        }
        _reports.Add(report);
        if (epoch.Checkpoint is { } checkpoint && _checkpoints.Keep(checkpoint, _reports) is { } trouble)
        {
            Stop(new(AttemptEnding.Failed, trouble));
            return;
        }
        if (report.Epoch < _attempt.Epochs || epoch.Divergence is not null) _attempt.Report(report);
        if (epoch.Divergence is { } divergence) Stop(new(AttemptEnding.Diverged, $"{divergence} in epoch {report.Epoch}"));
    }

    private string? Contradiction(EpochReport report)
    {
        var due = _reports.Count + 1;
        if (report.Epoch != due)
            return (_reports.Count == _resumedFrom && _resumedFrom > 0
                ? $"reported epoch {report.Epoch}, and was to go on with epoch {due} from what SWEEP_RESUME_FROM names"
                : $"reported epoch {report.Epoch}, where epoch {due} was due") + "; report every epoch once, in order";
        if (due > _attempt.Epochs) return $"reported epoch {report.Epoch} of {_attempt.Epochs}; end after the epochs that SWEEP_EPOCHS says";
        var objective = _attempt.Command.Objective;
        return double.IsNaN(objective.Of(report)) && !report.HasDiverged && !IsMeasured(objective, report)
            ? $"epoch {report.Epoch} was reported without {objective.Name}, the sweep's objective"
            : null;
    }

    /// <summary>It was, and is NaN: the training has diverged.</summary>
    private static bool IsMeasured(Objective objective, EpochReport report) => objective.Metric switch
    {
        ObjectiveMetric.ValidationLoss => report.Validation?.Loss is not null,
        ObjectiveMetric.TestLoss => report.Test?.Loss is not null,
        _ => false,
    };

    private void Stop(AttemptEnd end) => _end ??= end;
}
