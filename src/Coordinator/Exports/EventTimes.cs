using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Exports;

/// <summary>When things happened to trials, which the state does not keep.</summary>
internal sealed class EventTimes
{
    private readonly Dictionary<TrialId, DateTimeOffset> _created = [], _ended = [];
    private readonly Dictionary<(TrialId, int), DateTimeOffset> _reported = [];

    private EventTimes() { }

    public DateTimeOffset Start { get; private set; }

    public DateTimeOffset End { get; private set; }

    public static EventTimes Of(IEnumerable<ISweepEvent> events)
    {
        var times = new EventTimes();
        foreach (var sweepEvent in events) times.Add(sweepEvent);
        return times;
    }

    /// <summary>Null for an epoch that was not recorded.</summary>
    public DateTimeOffset? ReportedAt(TrialId trial, int epoch) => _reported.TryGetValue((trial, epoch), out var at) ? at : null;

    public DateTimeOffset? CreatedAt(TrialId trial) => _created.TryGetValue(trial, out var at) ? at : null;

    /// <summary>Null for a trial that has not ended.</summary>
    public DateTimeOffset? EndedAt(TrialId trial) => _ended.TryGetValue(trial, out var at) ? at : null;

    private void Add(ISweepEvent sweepEvent)
    {
        if (Start == default) Start = sweepEvent.At;
        End = sweepEvent.At;
        switch (sweepEvent)
        {
            case TrialCreated created: _created[created.Trial] = created.At; break;
            case EpochRecorded recorded: _reported[(recorded.Attempt.Trial, recorded.Report.Epoch)] = recorded.At; break;
            case TrialFinished finished: _ended[finished.Trial] = finished.At; break;
        }
    }
}
