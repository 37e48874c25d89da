using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.Replicates;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.Schedulers;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Trials;

/// <summary>What should happen next: a state and a command give events. Pure; nobody acts on an event before it is stored.</summary>
public sealed class SweepDecisions(ISampler sampler)
{
    /// <summary>Tells the draws that change hyperparameters from others with the sweep's seed.</summary>
    private const long ExploreStream = 0x6578_706C;

    /// <summary>The events that <paramref name="command"/> leads to, in order; none where it is late, repeated or out of turn.</summary>
    public IReadOnlyList<ISweepEvent> Decide(SweepState state, ISweepCommand command) => [.. Steps(state, command).Select(step => step.Event)];

    /// <summary>The same events, each with the state after it, which was made to decide the next one.</summary>
    public IReadOnlyList<SweepStep> Steps(SweepState state, ISweepCommand command)
    {
        var draft = new Draft(state);
        if (state.Ending is null || command is ResumeSweep)
        {
            Dispatch(draft, command);
            EndPausedWhenNobodyIsPromoted(draft, command.Now);
            RepeatTheBestWhenTheSearchIsOver(draft, command.Now);
            FinishSweepWhenNothingIsLeft(draft, command.Now);
        }
        return draft.Steps;
    }

    private void Dispatch(Draft draft, ISweepCommand command)
    {
        switch (command)
        {
            case StartSweep start when draft.State.Sweep is null: Start(draft, start); break;
            case StartSweep: break;
            case ResumeSweep resume: Resume(draft, resume); break;
            case AssignTrial assign: Assign(draft, assign); break;
            case RecordEpoch record: Record(draft, record); break;
            case EndAttempt end: End(draft, end); break;
            case LoseWorker lose: Lose(draft, lose); break;
            case CheckLimits check: FinishOnLimits(draft, check.Now); break;
            case InterruptSweep interrupt: FinishSweep(draft, SweepEnding.Interrupted, "the sweep was interrupted", interrupt.Now); break;
            case PauseSweep pause: Pause(draft, pause); break;
            case UnpauseSweep unpause when draft.State.IsPaused: draft.Add(new SweepUnpaused(unpause.Now)); break;
            case UnpauseSweep: break;
            case ExtendSweep extend: draft.Add(new SweepExtended(extend.Extension, extend.Now)); break;
            case EnqueueTrial enqueue: CreateReplicates(draft, enqueue.Hyperparameters, enqueue.Now); break;
            case StopTrial stop: StopOne(draft, stop); break;
            default: throw new ArgumentOutOfRangeException(nameof(command), command, "unknown command");
        }
    }

    private static void Start(Draft draft, StartSweep start)
    {
        var definition = draft.State.Definition;
        draft.Add(new SweepStarted(
            start.Sweep, definition.Name, definition.Seed, start.SweepFile.Hash, start.Now, start.SweepFile.Text, start.Program));
        foreach (var lessons in start.Lessons) draft.Add(new LessonsLearned(lessons, start.Now));
    }

    /// <summary>
    /// Workers that are gone lose their attempts, through no fault of the trials. Others may still train: they have a lease's time to
    /// say so, like any worker that was heard of just now.
    /// </summary>
    private static void Resume(Draft draft, ResumeSweep resume)
    {
        if (draft.State.Sweep is null || draft.State.ResumedBy == resume.Process) return;
        if (!draft.State.CanGoOn && resume.Extension is null) return;
        draft.Add(new SweepResumed(resume.Process, resume.Program, resume.Now));
        if (resume.Extension is { } more) draft.Add(new SweepExtended(more, resume.Now));
        foreach (var worker in resume.Gone)
            if (draft.State.Running.TryGetValue(worker, out var attempt))
                draft.Add(new AttemptClosed(
                    attempt, AttemptClosure.Lost, false, $"worker {worker.ShortName} ended with its coordinator", resume.Now,
                    FailureClass.Infrastructure));
        FinishOnLimits(draft, resume.Now);
    }

    private void Assign(Draft draft, AssignTrial assign)
    {
        var state = draft.State;
        if (state.IsPaused || state.Running.ContainsKey(assign.Worker)) return;
        if (state.Running.Count >= (state.Definition.Limits.MaxParallelTrials ?? int.MaxValue)) return;
        FinishOnLimits(draft, assign.Now);
        if (draft.State.Ending is not null) return;
        while (NextTrial(draft.State, assign) is null && WorkerFit.SetAside(draft.State, assign.Now, assign.MemoryBytes) < WorkerFit.MostSetAside)
            if (!Propose(draft, assign.Now)) break;
        EndPausedWhenNobodyIsPromoted(draft, assign.Now);
        RepeatTheBestWhenTheSearchIsOver(draft, assign.Now);
        if (NextTrial(draft.State, assign) is not { } trial) return;
        if (trial.IsPaused) Exploit(draft, trial, assign.Now);
        var attempt = new AttemptId(state.Sweep!.Value, trial.Id, trial.AttemptNumber + 1);
        draft.Add(new AttemptStarted(attempt, assign.Worker, trial.Reports.Count, assign.Now, assign.MemoryBytes));
    }

    /// <summary>Of what fits the worker: the oldest trial that waits, but for those that are to wait longer; else one to promote; null for none.</summary>
    private static TrialState? NextTrial(SweepState state, AssignTrial assign) =>
        state.Waiting.Select(trial => state[trial]).FirstOrDefault(trial => trial.MayStart(assign.Now) && WorkerFit.Fits(trial.Configuration, assign.MemoryBytes))
        ?? (NextToPromote(state) is { } promoted && WorkerFit.Fits(state[promoted].Configuration, assign.MemoryBytes) ? state[promoted] : null);

    private static TrialId? NextToPromote(SweepState state) =>
        state.Scheduler.TrainsAll && MayPropose(state) ? null : state.Scheduler.NextToPromote(isSearchOver: NothingRunsOrMay(state));

    /// <summary>The scheduler may have a paused trial go on as another one. Asked once for each pause, since time goes on between events and their storage.</summary>
    private static void Exploit(Draft draft, TrialState trial, DateTimeOffset now)
    {
        var (state, epoch) = (draft.State, trial.Reports.Count);
        if (trial.Exploits is [.., { Epoch: var last }] && last == epoch) return;
        if (state.StandingOf(trial.Id) is not { } standing || state.Scheduler.SourceOf(standing) is not { } source) return;
        var (definition, random) = (state.Definition, new CounterRandom(state.Definition.Seed, ExploreStream, trial.Id.Number, epoch));
        var explored = Exploration.Of(
            definition.Space, state[source].HyperparametersAt(epoch), definition.Scheduler.Population!.ResampleProbability, random);
        draft.Add(new TrialExploited(trial.Id, source, epoch, explored, now));
    }

    /// <summary>All replicates of a configuration are created together, so that a sweep that is cut short has whole configurations.</summary>
    /// <returns>Whether there are trials that were not there before.</returns>
    private bool Propose(Draft draft, DateTimeOffset now)
    {
        var state = draft.State;
        if (!MayPropose(state)) return false;
        if (sampler.Suggest(state) is { } hyperparameters) CreateReplicates(draft, hyperparameters, now);
        else draft.Add(new SearchExhausted(now));
        return !draft.State.IsExhausted;
    }

    private static void CreateReplicates(Draft draft, Hyperparameters hyperparameters, DateTimeOffset now)
    {
        var definition = draft.State.Definition;
        var hash = definition.Space.Resolve(definition.Base, hyperparameters).CanonicalHash();
        for (var replicate = 1; replicate <= definition.Replicates.OfEach; replicate++)
            draft.Add(new TrialCreated(draft.NextTrial, hyperparameters, hash, now, replicate));
    }

    /// <summary>What runs goes back to waiting, with its newest checkpoint: a worker that trained on would not be free for what the person has in mind.</summary>
    private static void Pause(Draft draft, PauseSweep pause)
    {
        if (draft.State.IsPaused) return;
        draft.Add(new SweepPaused(pause.Now));
        foreach (var attempt in draft.State.Running.Values.OrderBy(attempt => attempt.Trial))
            draft.Add(new AttemptClosed(attempt, AttemptClosure.Released, false, "the sweep was paused", pause.Now, FailureClass.Preempted));
    }

    /// <summary>Without an epoch there is nothing that the sampler could learn of it.</summary>
    private static void StopOne(Draft draft, StopTrial stop)
    {
        var outcome = draft.State[stop.Trial].Reports.IsEmpty ? TrialOutcome.Cancelled : TrialOutcome.Stopped;
        draft.Add(new TrialFinished(stop.Trial, outcome, "stopped by a person", stop.Now));
        FinishOnLimits(draft, stop.Now);
    }

    private static bool MayPropose(SweepState state) =>
        !state.IsExhausted
        && state.ConfigurationCount < (state.Definition.Search.Trials ?? int.MaxValue)
        && state.TrialCount + state.Definition.Replicates.OfEach <= (state.Definition.Limits.MaxTrials ?? int.MaxValue);

    /// <summary>Who is paused then has no chance left to be promoted.</summary>
    private static void EndPausedWhenNobodyIsPromoted(Draft draft, DateTimeOffset now)
    {
        if (draft.State.Paused.IsEmpty || !NothingRunsOrMay(draft.State) || NextToPromote(draft.State) is not null) return;
        foreach (var trial in draft.State.Paused)
            draft.Add(new TrialFinished(trial, TrialOutcome.Stopped, draft.State[trial].Detail, now, ByScheduler: true));
    }

    private static void RepeatTheBestWhenTheSearchIsOver(Draft draft, DateTimeOffset now)
    {
        if (!NothingIsLeft(draft.State)) return;
        var most = (draft.State.Definition.Limits.MaxTrials ?? int.MaxValue) - draft.State.TrialCount;
        foreach (var (first, replicate) in FinalReplicates.Missing(draft.State).Take(most))
            draft.Add(new TrialCreated(draft.NextTrial, first.Hyperparameters, first.ConfigurationHash, now, replicate));
    }

    /// <summary>
    /// Each epoch of a trial is recorded once, in order, whichever attempt reports it: what a resumed attempt trains again is known.
    /// </summary>
    private static void Record(Draft draft, RecordEpoch record)
    {
        if (!draft.State.Holds(record.Attempt, record.Worker))
        {
            RefuseOnce(draft, record);
            return;
        }
        if (record.Report.Epoch != draft.State[record.Attempt.Trial].Reports.Count + 1) return;
        draft.Add(new EpochRecorded(record.Attempt, record.Report, record.Now));
        switch (OutcomeOf(draft.State, record.Attempt.Trial))
        {
            case (TrialOutcome.Diverged, var detail):
                Fail(draft, record.Attempt.Trial, TrialOutcome.Diverged, FailureClass.Diverged, detail, record.Now);
                break;
            case var (outcome, detail):
                draft.Add(new TrialFinished(record.Attempt.Trial, outcome, detail, record.Now));
                break;
            default:
                AskTheScheduler(draft, record);
                break;
        }
        FinishOnLimits(draft, record.Now);
    }

    private static void AskTheScheduler(Draft draft, RecordEpoch record)
    {
        if (draft.State.StandingOf(record.Attempt.Trial) is not { } standing) return;
        switch (draft.State.Scheduler.Decide(standing))
        {
            case SchedulerDecision.Continue:
                break;
            case SchedulerDecision.Pause pause:
                draft.Add(new TrialPaused(record.Attempt, pause.Reason, record.Now));
                break;
            case SchedulerDecision.Stop stop:
                draft.Add(new TrialFinished(record.Attempt.Trial, TrialOutcome.Stopped, stop.Reason, record.Now, ByScheduler: true));
                break;
            case var decision:
                throw new ArgumentOutOfRangeException(nameof(record), decision, "unknown decision");
        }
    }

    /// <summary>How the newest report ends its trial; null where the trial goes on.</summary>
    private static (TrialOutcome Outcome, string? Detail)? OutcomeOf(SweepState state, TrialId id)
    {
        var trial = state[id];
        var report = trial.Reports[^1];
        var rules = state.Definition.EarlyStopping;
        if (trial.Verdict.Kind == VerdictKind.Diverged) return (TrialOutcome.Diverged, $"training loss was {report.TrainLoss} in epoch {report.Epoch}");
        if (report.Epoch >= trial.Configuration.Budget) return (TrialOutcome.Completed, null);
        if (state.Definition.Scheduler.Seconds?.Max is { } seconds && trial.Reports.Sum(epoch => epoch.Seconds) >= seconds)
            return (TrialOutcome.Completed, $"trained for its {seconds} seconds");
        if (rules.Overfit.Action == OverfitAction.Stop && trial.Verdict.Kind == VerdictKind.Overfitting)
            return (TrialOutcome.Overfit, $"overfitting from epoch {trial.Verdict.OnsetEpoch}");
        if (rules.Plateau is { } plateau && PlateauRule.FiredAt(plateau, state.Definition.Objective, trial.Reports) is not null)
            return (TrialOutcome.Stopped, $"no improvement for {plateau.Patience} epochs");
        return null;
    }

    /// <summary>The attempt has lost its trial to another one, or to nobody yet. What repeats an acknowledged report is no such case.</summary>
    private static void RefuseOnce(Draft draft, RecordEpoch record)
    {
        var (state, attempt) = (draft.State, record.Attempt);
        if (attempt.Sweep != state.Sweep || attempt.Trial.Number > state.TrialCount || state.Refused.Contains(attempt)) return;
        var trial = state[attempt.Trial];
        if (attempt.Number < trial.AttemptNumber || (attempt.Number == trial.AttemptNumber && trial.IsWaiting))
            draft.Add(new AttemptRefused(attempt, record.Worker, record.Now));
    }

    private static void End(Draft draft, EndAttempt end)
    {
        if (!draft.State.Holds(end.Attempt, end.Worker)) return;
        switch (end.Ending)
        {
            case AttemptEnding.Released:
                draft.Add(new AttemptClosed(end.Attempt, AttemptClosure.Released, false, end.Detail, end.Now, FailureClass.Preempted));
                break;
            case AttemptEnding.OutOfMemory:
                Fail(draft, end.Attempt.Trial, TrialOutcome.OutOfMemory, FailureClass.OutOfMemory, end.Detail, end.Now);
                break;
            case AttemptEnding.Diverged:
                Fail(draft, end.Attempt.Trial, TrialOutcome.Diverged, FailureClass.Diverged, end.Detail, end.Now);
                break;
            case AttemptEnding.DataFailed:
                Fail(draft, end.Attempt.Trial, TrialOutcome.Failed, FailureClass.Data, end.Detail ?? "the data set could not be read", end.Now);
                break;
            default:
                // Completed or stopped without the sweep having decided so: the worker and the sweep disagree, which is a failure.
                CloseOrFail(
                    draft, end.Attempt, AttemptClosure.Failed, FailureClass.Code, true,
                    end.Detail ?? $"the worker ended the attempt as {end.Ending}", end.Now);
                break;
        }
    }

    /// <summary>
    /// A worker that dies before its attempt has added an epoch may well have died of the trial: only then does the loss count. And
    /// a new epoch clears the count, so that workers killed now and then never fail a trial that gets on, while a trial that kills
    /// its workers at the same place fails after as many attempts as are allowed.
    /// </summary>
    private static void Lose(Draft draft, LoseWorker lose)
    {
        if (!draft.State.Running.TryGetValue(lose.Worker, out var attempt)) return;
        var counts = !draft.State[attempt.Trial].HasProgressed;
        CloseOrFail(draft, attempt, AttemptClosure.Lost, FailureClass.Infrastructure, counts, lose.Reason, lose.Now);
    }

    private static void CloseOrFail(
        Draft draft, AttemptId attempt, AttemptClosure closure, FailureClass failure, bool counts, string detail, DateTimeOffset now)
    {
        var failures = draft.State[attempt.Trial].FailedAttempts + (counts ? 1 : 0);
        if (failures >= draft.State.Definition.Retries.MaxAttempts || !FailurePolicy.IsRetried(failure))
            Fail(draft, attempt.Trial, TrialOutcome.Failed, failure, detail, now);
        else
            draft.Add(new AttemptClosed(attempt, closure, counts, detail, now, failure));
    }

    /// <summary>Where trials fail alike, one after the other, the rest would too: the sweep pauses instead of burning through them.</summary>
    private static void Fail(Draft draft, TrialId trial, TrialOutcome outcome, FailureClass failure, string? detail, DateTimeOffset now)
    {
        draft.Add(new TrialFinished(trial, outcome, detail, now, failure));
        if (draft.State.Streak is { } streak && streak.Configurations.Count >= FailurePolicy.Storm(failure, draft.State.EpochsTotal > 0))
            FinishSweep(
                draft, SweepEnding.FailureStorm,
                $"{streak.Configurations.Count} configurations in a row failed alike ({FailurePolicy.Name(failure)}), the last one because: {detail}", now);
    }

    private static void FinishOnLimits(Draft draft, DateTimeOffset now)
    {
        if (draft.State.Sweep is not null && SweepEnd.Reached(draft.State, now) is var (ending, detail)) FinishSweep(draft, ending, detail, now);
    }

    private static void FinishSweepWhenNothingIsLeft(Draft draft, DateTimeOffset now)
    {
        if (NothingIsLeft(draft.State)) draft.Add(new SweepFinished(SweepEnding.AllTrialsEnded, now));
    }

    private static bool NothingIsLeft(SweepState state) => NothingRunsOrMay(state) && state.Paused.IsEmpty;

    /// <summary>The sweep goes on, but nothing runs, waits or may be proposed: whatever is left is paused.</summary>
    private static bool NothingRunsOrMay(SweepState state) =>
        state is { Ending: null, Sweep: not null } && state.Running.IsEmpty && state.Waiting.IsEmpty && !MayPropose(state);

    /// <summary>At a limit, what is running ends as it stands. A sweep that was interrupted or pauses can go on later: its trials keep waiting.</summary>
    private static void FinishSweep(Draft draft, SweepEnding ending, string detail, DateTimeOffset now)
    {
        if (draft.State is { Sweep: null } or { Ending: not null }) return;
        var goesOn = ending is SweepEnding.Interrupted or SweepEnding.FailureStorm;
        foreach (var attempt in draft.State.Running.Values.OrderBy(attempt => attempt.Trial))
            draft.Add(goesOn
                ? new AttemptClosed(attempt, AttemptClosure.Released, false, detail, now, FailureClass.Preempted)
                : new TrialFinished(attempt.Trial, TrialOutcome.Stopped, detail, now));
        if (!goesOn)
        {
            foreach (var trial in draft.State.Paused)
                draft.Add(new TrialFinished(trial, TrialOutcome.Stopped, $"{draft.State[trial].Detail}; then {detail}", now, ByScheduler: true));
            foreach (var trial in draft.State.Waiting)
                draft.Add(new TrialFinished(trial, TrialOutcome.Cancelled, detail, now));
        }
        draft.Add(new SweepFinished(ending, now, detail));
    }

    /// <summary>What was decided so far, and the state after it.</summary>
    private sealed class Draft(SweepState state)
    {
        public SweepState State { get; private set; } = state;

        public List<SweepStep> Steps { get; } = [];

        public TrialId NextTrial => new(State.TrialCount + 1);

        public void Add(ISweepEvent sweepEvent)
        {
            State = State.Apply(sweepEvent);
            Steps.Add(new SweepStep(sweepEvent, State));
        }
    }
}

/// <summary>An event, and the state that it leads to.</summary>
public readonly record struct SweepStep(ISweepEvent Event, SweepState After);
