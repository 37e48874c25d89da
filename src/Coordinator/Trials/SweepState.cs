using System.Collections.Immutable;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.Schedulers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Trials;

/// <summary>
/// The sweep as its events tell it. <see cref="Apply"/> is the only way to another state; what should happen next is decided in
/// <see cref="SweepDecisions"/>. Equal definitions and events give equal states on any machine.
/// </summary>
public sealed class SweepState : ISamplerHistory
{
    private readonly OverfitRule _rule;
    private readonly Func<Hyperparameters, TrialConfiguration> _resolve;
    private ImmutableDictionary<TrialId, TrialState> _trials = ImmutableDictionary<TrialId, TrialState>.Empty;
    private ImmutableHashSet<string> _tried = [];
    private DateTimeOffset _since;
    private TimeSpan _before;
    private DateTimeOffset _newest;
    private double _seconds;

    public SweepState(SweepDefinition definition)
    {
        Definition = definition;
        _resolve = hyperparameters => definition.Space.Resolve(definition.Base, hyperparameters);
        Scheduler = Schedulers.Scheduler.Create(definition);
        _rule = new OverfitRule(definition.EarlyStopping.Overfit, definition.Base is NetworkConfiguration network ? DatasetFacts.Of(network.Dataset.Name).Classes : null);
    }

    private SweepState(SweepState other)
    {
        (Definition, _rule, _resolve, _trials, _tried) = (other.Definition, other._rule, other._resolve, other._trials, other._tried);
        (Sweep, ResumedBy, Program) = (other.Sweep, other.ResumedBy, other.Program);
        (Began, SweepFileHash, Extensions) = (other.Began, other.SweepFileHash, other.Extensions);
        (_since, _before, _newest, _seconds, EpochsTotal) = (other._since, other._before, other._newest, other._seconds, other.EpochsTotal);
        (Running, Waiting, Paused, FinishedCount) = (other.Running, other.Waiting, other.Paused, other.FinishedCount);
        (Scheduler, Leader, TrialsSinceBest) = (other.Scheduler, other.Leader, other.TrialsSinceBest);
        (IsExhausted, Ending, Streak, Refused) = (other.IsExhausted, other.Ending, other.Streak, other.Refused);
        (Observations, IsPaused, Lessons, InformedAt) = (other.Observations, other.IsPaused, other.Lessons, other.InformedAt);
    }

    /// <summary>The sweep as it was begun, with whatever it was extended by.</summary>
    public SweepDefinition Definition { get; private init; }

    /// <summary>Null before the sweep has started.</summary>
    public SweepId? Sweep { get; private init; }

    /// <summary>The process that resumed the sweep last; null where none has.</summary>
    public Guid? ResumedBy { get; private init; }

    /// <summary>The text of the sweep file that the sweep began with; null where the history is too old to know it.</summary>
    public string? Began { get; private init; }

    /// <summary>What the sweep was extended by, oldest first.</summary>
    public ImmutableArray<SweepExtension> Extensions { get; private init; } = [];

    /// <summary>Every text that the sweep file is known to have had, oldest first.</summary>
    public IEnumerable<string> SweepFiles => Extensions.Select(extension => extension.SweepFile).Prepend(Began).OfType<string>();

    /// <summary>The newest text of the sweep file; null where the history is too old to know it.</summary>
    public string? SweepFile => Extensions is [.., var newest] ? newest.SweepFile : Began;

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

    /// <summary>Trials that the scheduler keeps from going on.</summary>
    public ImmutableSortedSet<TrialId> Paused { get; private init; } = [];

    /// <summary>As the reports, pauses and promotions have left it.</summary>
    public IScheduler Scheduler { get; private init; }

    /// <summary>The trial with the best epoch so far, and that epoch's objective; null while no epoch has a finite one.</summary>
    public Lead? Leader { get; private init; }

    /// <summary>Trials that have ended, or paused for the first time, since an epoch was the best so far; the leader itself is none of them.</summary>
    public int TrialsSinceBest { get; private init; }

    public int FinishedCount { get; private init; }

    /// <summary>The sampler has nothing more to propose.</summary>
    public bool IsExhausted { get; private init; }

    /// <summary>A person keeps the sweep from going on.</summary>
    public bool IsPaused { get; private init; }

    /// <summary>Null while the sweep goes on.</summary>
    public SweepEnding? Ending { get; private init; }

    /// <summary>Null where the newest trial to end did not fail.</summary>
    public FailureStreak? Streak { get; private init; }

    /// <summary>Attempts that reported epochs after they had lost their trial.</summary>
    public ImmutableHashSet<AttemptId> Refused { get; private init; } = [];

    public int TrialCount => _trials.Count;

    public int ConfigurationCount => _tried.Count;

    /// <summary>To a sampler, what earlier runs have tried stands for configurations that it has proposed itself.</summary>
    int ISamplerHistory.ConfigurationCount => _tried.Count + Lessons.Sum(lessons => lessons.Lessons.Count);

    IEnumerable<BudgetResults> ISamplerHistory.Budgets => Scheduler is BohbScheduler bohb
        ? bohb.Budgets.Select(budget => new BudgetResults(budget.Epochs, budget.Results.Count, rank => _trials[budget.Results[rank]].Hyperparameters))
        : [];

    /// <summary>What earlier runs taught, one a run.</summary>
    public ImmutableArray<RunLessons> Lessons { get; private init; } = [];

    /// <summary>Those of earlier runs come first.</summary>
    public ObservationLog Observations { get; private init; } = ObservationLog.Empty;

    /// <summary>Trials that had been created when the first whole result was known; null while there is none.</summary>
    public int? InformedAt { get; private init; }

    public IEnumerable<Hyperparameters> Pending => Running.Values.Select(attempt => attempt.Trial).Concat(Waiting).Order()
        .Select(trial => _trials[trial]).DistinctBy(trial => trial.ConfigurationHash).Select(trial => trial.Hyperparameters);

    public TrialState this[TrialId trial] => _trials[trial];

    /// <summary>All trials, in the order in which they were created.</summary>
    public IEnumerable<TrialState> Trials => Enumerable.Range(1, _trials.Count).Select(number => _trials[new TrialId(number)]);

    public bool WasTried(string configurationHash) => _tried.Contains(configurationHash);

    /// <summary>Whether this attempt, on this worker, holds its trial: whatever comes from another one changes nothing.</summary>
    public bool Holds(AttemptId attempt, WorkerId worker) => Running.TryGetValue(worker, out var held) && held == attempt;

    /// <summary>When the newest event happened.</summary>
    public DateTimeOffset Newest => _newest;

    /// <summary>Of a sweep that has started: everything that does not follow from the rest.</summary>
    public SweepSnapshot ToSnapshot() => new(
        Sweep!.Value, ResumedBy, Began, SweepFileHash!, Extensions, Program, IsExhausted, Ending, Streak, [.. Refused], _since, _before, _newest, _seconds, Leader, TrialsSinceBest,
        [.. Enumerable.Range(0, Observations.Count).Skip(Lessons.Sum(lessons => lessons.Lessons.Count)).Select(index => Observations[index].ConfigurationHash)],
        [.. Trials], IsPaused, Lessons, InformedAt);

    /// <summary>The state that <paramref name="snapshot"/> was taken of.</summary>
    /// <param name="began">The definition that the sweep began with.</param>
    public static SweepState Restore(SweepDefinition began, SweepSnapshot snapshot)
    {
        var empty = new SweepState(snapshot.Extensions.Aggregate(began, (definition, extension) => extension.Extend(definition)));
        var trials = snapshot.Trials.Select(empty.Completed).ToList();
        var configurations = trials.Where(empty.IsInSearch).ToLookup(trial => trial.ConfigurationHash);
        return new(empty)
        {
            Sweep = snapshot.Sweep,
            Began = snapshot.Began,
            SweepFileHash = snapshot.SweepFileHash,
            Extensions = snapshot.Extensions,
            ResumedBy = snapshot.ResumedBy,
            Program = snapshot.Program,
            IsExhausted = snapshot.IsExhausted,
            IsPaused = snapshot.IsPaused,
            Ending = snapshot.Ending,
            Streak = snapshot.Streak,
            Refused = [.. snapshot.Refused],
            _since = snapshot.Since,
            _before = snapshot.Before,
            _newest = snapshot.Newest,
            _seconds = snapshot.Seconds,
            Leader = snapshot.Leader,
            TrialsSinceBest = snapshot.TrialsSinceBest,
            Lessons = snapshot.Lessons.IsDefault ? [] : snapshot.Lessons,
            Observations = snapshot.Observed.Aggregate(
                (snapshot.Lessons.IsDefault ? [] : snapshot.Lessons).Aggregate(ObservationLog.Empty, Learned), (log, hash) => log.Add(ConfigurationOutcome.Of(empty.Definition.Objective, configurations[hash], empty.Definition.FurtherObjectives)!)),
            InformedAt = snapshot.InformedAt,
            Scheduler = trials.Aggregate(Informed(Schedulers.Scheduler.Create(began), snapshot.InformedAt), empty.Rescheduled),
            Paused = [.. trials.Where(trial => trial.IsPaused).Select(trial => trial.Id)],
            _trials = trials.ToImmutableDictionary(trial => trial.Id),
            _tried = [.. trials.Select(trial => trial.ConfigurationHash)],
            Running = trials.Where(trial => trial.IsRunning)
                .ToImmutableDictionary(trial => trial.Worker!.Value, trial => new AttemptId(snapshot.Sweep, trial.Id, trial.AttemptNumber)),
            Waiting = [.. trials.Where(trial => trial.IsWaiting).Select(trial => trial.Id)],
            FinishedCount = trials.Count(trial => trial.Outcome is not null),
            EpochsTotal = trials.Sum(trial => trial.Reports.Count),
        };
    }

    /// <summary>A snapshot's trial, with what it does not hold.</summary>
    private TrialState Completed(TrialState trial) => trial.Outcome is null
        ? trial with { Configuration = _resolve(trial.Hyperparameters), Verdict = _rule.Judge(trial.Reports) }
        : trial.Archived(_resolve, _rule);

    /// <summary>How long there was a coordinator, and nobody kept the sweep from going on.</summary>
    public TimeSpan RunningFor(DateTimeOffset now) => IsPaused || Sweep is null ? _before : _before + (now - _since);

    /// <summary>How long attempts have held workers, all together. O(running attempts).</summary>
    public TimeSpan WorkersHeldFor(DateTimeOffset now) =>
        TimeSpan.FromSeconds(_seconds + Running.Values.Sum(attempt => _trials[attempt.Trial].SecondsUntil(now) - _trials[attempt.Trial].Seconds));

    /// <summary>Null where the scheduler has no say, or no epoch was reported.</summary>
    public Standing? StandingOf(TrialId id) =>
        _trials[id] is { Reports.IsEmpty: false } trial && IsInSearch(trial) ? Standing.Of(Definition.Objective, id, trial.Reports) : null;

    /// <summary>Where the trial's next attempt begins unless one before it, since the last exploit, has left a checkpoint; null for the trial's beginning.</summary>
    public CheckpointOrigin? OriginOf(TrialId id)
    {
        if (_trials[id] is not { Exploits: [.., var exploit] } trial) return null;
        var source = _trials[exploit.Source];
        var trainedWith = _resolve(source.HyperparametersAt(exploit.Epoch));
        return new CheckpointOrigin(
            source.Id, source.AttemptNumber, exploit.Epoch, trainedWith.CanonicalHash(), source.Seed, exploit.FirstAttempt,
            TrialResult.BestEpoch(Definition.Objective, trial.Reports.Take(exploit.Epoch)));
    }

    /// <summary>Trials that have ended may still be asked for their checkpoints.</summary>
    public bool KeepsCheckpoints => Scheduler.TrainsAll && FinishedCount < TrialCount;

    /// <summary>What is repeated after the search is none of the scheduler's or the sampler's business, so that all of it is comparable.</summary>
    private bool IsInSearch(TrialState trial) => trial.Replicate <= Definition.Replicates.OfEach;

    /// <summary>The scheduler after all that this trial has reported.</summary>
    private IScheduler Rescheduled(IScheduler scheduler, TrialState trial)
    {
        if (!IsInSearch(trial)) return scheduler;
        Standing? newest = null;
        foreach (var standing in Standing.EachOf(Definition.Objective, trial.Id, trial.Reports))
        {
            scheduler = scheduler.Reported(standing);
            newest = standing;
        }
        if (trial.Outcome is not null) return scheduler.Ended(trial.Id);
        return trial.IsPaused ? scheduler.Paused(newest!.Value) : scheduler;
    }

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
            Began = started.SweepFile,
            SweepFileHash = started.SweepFileHash,
            Program = started.Program,
            _since = started.At,
        },
        LessonsLearned learned => Observe(new(this) { Lessons = Lessons.Add(learned.Lessons) }, Learned(Observations, learned.Lessons)),
        SweepResumed resumed => Resume(resumed),
        SweepExtended extended => new(this)
        {
            Definition = extended.Extension.Extend(Definition),
            Extensions = Extensions.Add(extended.Extension),
            Ending = null,
        },
        SweepPaused paused => new(this) { IsPaused = true, _before = RunningFor(paused.At) },
        SweepUnpaused unpaused => new(this) { IsPaused = false, _since = unpaused.At },
        TrialCreated created => Create(created),
        AttemptStarted started => Start(started),
        EpochRecorded recorded => Record(recorded),
        AttemptClosed closed => Release(_trials[closed.Attempt.Trial].Close(closed.CountsAsFailure, closed.At), waits: true),
        TrialPaused paused => Pause(paused),
        TrialExploited exploited => Exploit(exploited),
        TrialFinished finished => Finish(finished),
        AttemptRefused refused => new(this) { Refused = Refused.Add(refused.Attempt) },
        SearchExhausted => new(this) { IsExhausted = true },
        SweepFinished finished => new(this) { Ending = finished.Ending },
        _ => throw new ArgumentOutOfRangeException(nameof(sweepEvent), sweepEvent, "unknown event"),
    };

    private static ObservationLog Learned(ObservationLog log, RunLessons lessons) => lessons.Lessons.Aggregate(log, (log, lesson) => log.Add(lesson.ToObservation()));

    private SweepState Resume(SweepResumed resumed)
    {
        var trials = _trials;
        foreach (var attempt in Running.Values) trials = trials.SetItem(attempt.Trial, trials[attempt.Trial].Resume(_newest, resumed.At));
        var seconds = WorkersHeldFor(_newest).TotalSeconds;
        return new(this)
        {
            _trials = trials,
            _seconds = seconds,
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
        var trial = TrialState.Create(created, _resolve(created.Hyperparameters), TrialSeed.Of(Definition, created.Trial, created.Replicate));
        return new(With(trial, Running, Waiting.Add(trial.Id))) { _tried = _tried.Add(created.ConfigurationHash) };
    }

    private SweepState Start(AttemptStarted started)
    {
        var id = started.Attempt.Trial;
        var next = With(_trials[id].Start(started), Running.SetItem(started.Worker, started.Attempt), Waiting.Remove(id));
        return Paused.Contains(id) ? next.Unpaused(id) : next;
    }

    private SweepState Record(EpochRecorded recorded)
    {
        var id = recorded.Attempt.Trial;
        var next = With(_trials[id].Record(recorded.Report, _rule), Running, Waiting);
        var value = Definition.Objective.Of(recorded.Report);
        var leads = double.IsFinite(value) && (Leader is null || Definition.Objective.IsBetter(value, Leader.Value.Objective));
        return new(next)
        {
            EpochsTotal = EpochsTotal + 1,
            Scheduler = next.StandingOf(id) is { } standing ? Scheduler.Reported(standing) : Scheduler,
            Leader = leads ? new Lead(id, value) : Leader,
            TrialsSinceBest = leads ? 0 : TrialsSinceBest,
        };
    }

    private SweepState Pause(TrialPaused paused)
    {
        var (id, trial) = (paused.Attempt.Trial, _trials[paused.Attempt.Trial]);
        return new(With(trial.Pause(paused.Detail, paused.At), Running.Remove(trial.Worker!.Value), Waiting))
        {
            _seconds = _seconds + trial.SecondsUntil(paused.At) - trial.Seconds,
            Paused = Paused.Add(id),
            Scheduler = Scheduler.Paused(StandingOf(id)!.Value),
            TrialsSinceBest = TrialsSinceBest + (trial.Pauses > 0 || Leader?.Trial == id ? 0 : 1),
        };
    }

    private SweepState Exploit(TrialExploited exploited) => new(this)
    {
        _trials = _trials.SetItem(
            exploited.Trial, _trials[exploited.Trial].Take(exploited, _resolve(exploited.Hyperparameters))),
    };

    private SweepState Unpaused(TrialId id) => new(this) { Paused = Paused.Remove(id), Scheduler = Scheduler.Left(StandingOf(id)!.Value) };

    private SweepState Finish(TrialFinished finished)
    {
        var (before, trial) = (_trials[finished.Trial], _trials[finished.Trial].Archived(_resolve, _rule).Finish(finished));
        var next = Paused.Contains(trial.Id) ? Unpaused(trial.Id) : this;
        var released = next.Release(trial, waits: false);
        var outcome = ConfigurationOutcome.Of(Definition.Objective, released.ReplicatesInSearch(trial), Definition.FurtherObjectives);
        return Observe(new(released)
        {
            Scheduler = IsInSearch(trial) ? released.Scheduler.Ended(trial.Id) : released.Scheduler,
            Streak = FailureStreak.After(Streak, finished.Failure, trial.ConfigurationHash),
            TrialsSinceBest = TrialsSinceBest + (before.Pauses > 0 || Leader?.Trial == trial.Id ? 0 : 1),
        }, outcome is null ? Observations : Observations.Add(outcome));
    }

    private static SweepState Observe(SweepState state, ObservationLog observations)
    {
        var isFirstWhole = state.InformedAt is null && Enumerable.Range(state.Observations.Count, observations.Count - state.Observations.Count).Any(index => observations[index].IsWhole);
        var informed = isFirstWhole ? state.TrialCount : state.InformedAt;
        return new(state) { Observations = observations, InformedAt = informed, Scheduler = isFirstWhole ? Informed(state.Scheduler, informed) : state.Scheduler };
    }

    private static IScheduler Informed(IScheduler scheduler, int? trials) => trials is { } count ? scheduler.Informed(count) : scheduler;

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
            _seconds = _seconds + trial.Seconds - _trials[trial.Id].Seconds,
        };
    }

    private SweepState With(TrialState trial, ImmutableDictionary<WorkerId, AttemptId> running, ImmutableSortedSet<TrialId> waiting) =>
        new(this) { _trials = _trials.SetItem(trial.Id, trial), Running = running, Waiting = waiting };
}

/// <param name="Objective">Of the best epoch.</param>
public readonly record struct Lead(TrialId Trial, double Objective);
