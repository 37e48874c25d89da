using System.Collections.Immutable;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;
using Sweep.Shared.Datasets;

namespace Sweep.Coordinator.Trials;

/// <summary>
/// The sweep as its events tell it. <see cref="Apply"/> is the only way to another state; what should happen next is decided in
/// <see cref="SweepDecisions"/>. Equal definitions and events give equal states on any machine.
/// </summary>
public sealed class SweepState : ISamplerHistory
{
    private readonly int _classes;
    private ImmutableDictionary<TrialId, TrialState> _trials = ImmutableDictionary<TrialId, TrialState>.Empty;
    private ImmutableHashSet<string> _tried = [];
    private DateTimeOffset _since;
    private TimeSpan _before;
    private DateTimeOffset _newest;

    public SweepState(SweepDefinition definition)
    {
        Definition = definition;
        _classes = DatasetFacts.Of(definition.Base.Dataset.Name).Classes;
    }

    private SweepState(SweepState other)
    {
        (Definition, _classes, _trials, _tried) = (other.Definition, other._classes, other._trials, other._tried);
        (Sweep, ResumedBy, Program) = (other.Sweep, other.ResumedBy, other.Program);
        (SweepFile, SweepFileHash) = (other.SweepFile, other.SweepFileHash);
        (_since, _before, _newest, EpochsTotal) = (other._since, other._before, other._newest, other.EpochsTotal);
        (Running, Waiting, FinishedCount) = (other.Running, other.Waiting, other.FinishedCount);
        (IsExhausted, Ending, Streak, Refused) = (other.IsExhausted, other.Ending, other.Streak, other.Refused);
        Observations = other.Observations;
    }

    /// <summary>The sweep as it was begun, with whatever it was extended by.</summary>
    public SweepDefinition Definition { get; private init; }

    /// <summary>Null before the sweep has started.</summary>
    public SweepId? Sweep { get; private init; }

    /// <summary>The process that resumed the sweep last; null where none has.</summary>
    public Guid? ResumedBy { get; private init; }

    /// <summary>The newest text of the sweep file; null where the history is too old to know it.</summary>
    public string? SweepFile { get; private init; }

    /// <summary>Of the sweep file that the sweep began with.</summary>
    public string? SweepFileHash { get; private init; }

    /// <summary>The version of the coordinator that stored last; null where the history is too old to know it.</summary>
    public string? Program { get; private init; }

    /// <summary>Nothing keeps the sweep from going on: it has not ended, or it was interrupted or gave up.</summary>
    public bool CanGoOn => Ending is null or SweepEnding.Interrupted or SweepEnding.FailureStorm;

    /// <summary>Epochs recorded, of all trials; what attempts trained in vain or again is not in it.</summary>
    public int EpochsTotal { get; private init; }

    /// <summary>The attempt that each busy worker holds.</summary>
    public ImmutableDictionary<WorkerId, AttemptId> Running { get; private init; } = ImmutableDictionary<WorkerId, AttemptId>.Empty;

    /// <summary>Trials whose attempt was handed back, lost or failed.</summary>
    public ImmutableSortedSet<TrialId> Waiting { get; private init; } = [];

    public int FinishedCount { get; private init; }

    /// <summary>The sampler has nothing more to propose.</summary>
    public bool IsExhausted { get; private init; }

    /// <summary>Null while the sweep goes on.</summary>
    public SweepEnding? Ending { get; private init; }

    /// <summary>Null where the newest trial to end did not fail.</summary>
    public FailureStreak? Streak { get; private init; }

    /// <summary>Attempts that reported epochs after they had lost their trial.</summary>
    public ImmutableHashSet<AttemptId> Refused { get; private init; } = [];

    public int TrialCount => _trials.Count;

    public int ConfigurationCount => _tried.Count;

    public ObservationLog Observations { get; private init; } = ObservationLog.Empty;

    public IEnumerable<Hyperparameters> Pending => Running.Values.Select(attempt => attempt.Trial).Concat(Waiting).Order()
        .Select(trial => _trials[trial]).DistinctBy(trial => trial.ConfigurationHash).Select(trial => trial.Hyperparameters);

    public TrialState this[TrialId trial] => _trials[trial];

    /// <summary>All trials, in the order in which they were created.</summary>
    public IEnumerable<TrialState> Trials => Enumerable.Range(1, _trials.Count).Select(number => _trials[new TrialId(number)]);

    public bool WasTried(string configurationHash) => _tried.Contains(configurationHash);

    /// <summary>Whether this attempt, on this worker, holds its trial: whatever comes from another one changes nothing.</summary>
    public bool Holds(AttemptId attempt, WorkerId worker) => Running.TryGetValue(worker, out var held) && held == attempt;

    /// <summary>How long there was a coordinator: the time between two of them does not count.</summary>
    public TimeSpan RunningFor(DateTimeOffset now) => _before + (now - _since);

    /// <summary>The state after <paramref name="sweepEvent"/>.</summary>
    public SweepState Apply(ISweepEvent sweepEvent)
    {
        var next = After(sweepEvent);
        next._newest = sweepEvent.At;
        return next;
    }

    /// <summary>Always another instance, which nobody else has seen yet.</summary>
    private SweepState After(ISweepEvent sweepEvent) => sweepEvent switch
    {
        SweepStarted started => new(this)
        {
            Sweep = started.Sweep,
            SweepFile = started.SweepFile,
            SweepFileHash = started.SweepFileHash,
            Program = started.Program,
            _since = started.At,
        },
        SweepResumed resumed => Resume(resumed),
        SweepExtended extended => new(this)
        {
            Definition = extended.Extension.Extend(Definition),
            SweepFile = extended.Extension.SweepFile,
            Ending = null,
        },
        TrialCreated created => Create(created),
        AttemptStarted started => With(_trials[started.Attempt.Trial].Start(started),
            running: Running.SetItem(started.Worker, started.Attempt), waiting: Waiting.Remove(started.Attempt.Trial)),
        EpochRecorded recorded => Record(recorded),
        AttemptClosed closed => Release(_trials[closed.Attempt.Trial].Close(closed.CountsAsFailure, closed.At), waits: true),
        TrialFinished finished => Finish(finished),
        AttemptRefused refused => new(this) { Refused = Refused.Add(refused.Attempt) },
        SearchExhausted => new(this) { IsExhausted = true },
        SweepFinished finished => new(this) { Ending = finished.Ending },
        _ => throw new ArgumentOutOfRangeException(nameof(sweepEvent), sweepEvent, "unknown event"),
    };

    /// <summary>The verdict on such a trial's curves.</summary>
    public Verdict Judge(IReadOnlyList<EpochReport> reports) => OverfitRule.Judge(Definition.EarlyStopping.Overfit, reports, _classes);

    private SweepState Resume(SweepResumed resumed)
    {
        var trials = _trials;
        foreach (var attempt in Running.Values) trials = trials.SetItem(attempt.Trial, trials[attempt.Trial].Resume(_newest, resumed.At));
        return new(this)
        {
            _trials = trials,
            _before = RunningFor(_newest),
            _since = resumed.At,
            ResumedBy = resumed.Process,
            Program = resumed.Program,
            Ending = CanGoOn ? null : Ending,
            Streak = null,
        };
    }

    private SweepState Create(TrialCreated created)
    {
        var configuration = Definition.Space.Resolve(Definition.Base, created.Hyperparameters);
        var trial = TrialState.Create(created, configuration, TrialSeed.Of(Definition, created.Trial, created.Replicate));
        return new(With(trial, Running, Waiting.Add(trial.Id))) { _tried = _tried.Add(created.ConfigurationHash) };
    }

    private SweepState Record(EpochRecorded recorded)
    {
        var trial = _trials[recorded.Attempt.Trial].Record(recorded.Report, Judge);
        return new(With(trial, Running, Waiting)) { EpochsTotal = EpochsTotal + 1 };
    }

    private SweepState Finish(TrialFinished finished)
    {
        var trial = _trials[finished.Trial].Finish(finished.Outcome, finished.Detail, finished.At);
        var next = Release(trial, waits: false);
        return new(next)
        {
            Streak = FailureStreak.After(Streak, finished.Failure, trial.ConfigurationHash),
            Observations = ConfigurationOutcome.Of(Definition.Objective, next.ReplicatesInSearch(trial)) is { } outcome ? Observations.Add(outcome) : Observations,
        };
    }

    /// <summary>The trials that the search made of this one's configuration, which are numbered one after the other; none for one that came after the search.</summary>
    private IEnumerable<TrialState> ReplicatesInSearch(TrialState trial)
    {
        var ofEach = Definition.Replicates.OfEach;
        if (trial.Replicate > ofEach) return [];
        var first = trial.Id.Number - trial.Replicate + 1;
        return Enumerable.Range(first, Math.Min(ofEach, TrialCount - first + 1)).Select(number => _trials[new TrialId(number)])
            .Where(other => other.ConfigurationHash == trial.ConfigurationHash);
    }

    private SweepState Release(TrialState trial, bool waits)
    {
        var running = trial.Worker is { } worker && Running.TryGetValue(worker, out var held) && held.Trial == trial.Id
            ? Running.Remove(worker)
            : Running;
        return new(With(trial, running, waits ? Waiting.Add(trial.Id) : Waiting.Remove(trial.Id)))
        {
            FinishedCount = FinishedCount + (waits ? 0 : 1),
        };
    }

    private SweepState With(TrialState trial, ImmutableDictionary<WorkerId, AttemptId> running, ImmutableSortedSet<TrialId> waiting) =>
        new(this) { _trials = _trials.SetItem(trial.Id, trial), Running = running, Waiting = waiting };
}
