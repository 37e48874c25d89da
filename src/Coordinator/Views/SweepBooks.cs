using Sweep.Coordinator.Reports;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Views;

/// <summary>
/// What is known of a sweep, arranged for looking at it: kept as events come, so that no question walks over all trials. Not safe for more than
/// one thread: <see cref="SweepView.Read"/> sees to that.
/// </summary>
public sealed class SweepBooks
{
    private readonly int[] _outcomes = new int[Enum.GetValues<TrialOutcome>().Length];
    private readonly Func<SweepDefinition, int?> _replan;

    internal SweepBooks(SweepState initial, long number, int? total, Func<SweepDefinition, int?> replan)
    {
        (State, Number, TotalTrials, _replan) = (initial, number, total, replan);
        Trials = new TrialTable(initial);
        foreach (var trial in initial.Trials)
        {
            if (trial.Outcome is not { } outcome) continue;
            _outcomes[(int)outcome]++;
            Costs.Add(trial);
        }
    }

    public SweepState State { get; private set; }

    /// <summary>Of the newest event that is entered.</summary>
    public long Number { get; private set; }

    /// <summary>Rises with every event that is entered, past ones included: what was made of the books at the same version is still true.</summary>
    public long Version { get; private set; }

    /// <summary>Trials that there will be; null where nobody knows.</summary>
    public int? TotalTrials { get; private set; }

    public TrialTable Trials { get; }

    public SweepChronicle Chronicle { get; } = new();

    public WorkerBook Workers { get; } = new();

    public WarningBook Warnings { get; } = new();

    public TrialCosts Costs { get; } = new();

    public EpochRate Rate { get; } = new();

    /// <summary>Why nothing can be stored now; null where it can.</summary>
    public string? StoreProblem { get; internal set; }

    /// <summary>All trials as they stand, for whoever has to walk over them: that keeps nobody waiting.</summary>
    public AllTrials AllTrials() => new(State, [.. Trials.Rows(State)], Number);

    public int Count(TrialOutcome outcome) => _outcomes[(int)outcome];

    /// <summary>What happened before this process: only what the state does not keep.</summary>
    internal void EnterPast(ISweepEvent sweepEvent)
    {
        Version++;
        Chronicle.Enter(State.Definition.Objective, sweepEvent);
        Warnings.Enter(sweepEvent);
    }

    internal void Enter(long number, SweepState state, ISweepEvent sweepEvent)
    {
        (State, Number) = (state, number);
        EnterPast(sweepEvent);
        switch (sweepEvent)
        {
            case EpochRecorded recorded:
                Rate.Add(recorded.At);
                break;
            case AttemptClosed closed:
                Workers.Ended(closed.Attempt);
                break;
            case TrialPaused paused:
                Workers.Ended(paused.Attempt);
                break;
            case TrialFinished finished:
                _outcomes[(int)finished.Outcome]++;
                Costs.Add(state[finished.Trial]);
                Workers.Ended(new AttemptId(state.Sweep!.Value, finished.Trial, state[finished.Trial].AttemptNumber));
                break;
            case SweepExtended:
                TotalTrials = _replan(state.Definition);
                break;
        }
        if (EventNames.TrialOf(sweepEvent) is { } trial) Trials.Touch(trial);
        if (sweepEvent is SweepFinished or SweepResumed or SweepExtended) Trials.TouchOpen(state);
    }
}

/// <summary>All trials at one moment; what happens later changes nothing of it.</summary>
/// <param name="Rows">In the order of their numbers; without ranks.</param>
/// <param name="Number">Of the newest event that is in it.</param>
public sealed record AllTrials(SweepState State, LeaderboardRow[] Rows, long Number);
