using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Bench.Simulator;

/// <summary>
/// A whole sweep under a virtual clock: the real decisions, sampler and scheduler, and workers whose epochs cost nothing but virtual
/// time. Equal arguments give equal events.
/// </summary>
/// <param name="accuracy">What a trial reports after an epoch, from 1. Asked in order, once for each epoch that is trained.</param>
/// <param name="epochTime">How long an epoch takes on a worker, from 0; above zero.</param>
public sealed class Simulation(SweepDefinition definition, Func<TrialState, int, double> accuracy, Func<int, TimeSpan> epochTime)
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SweepDecisions _decisions = new(Sampler.Create(definition));
    private readonly PriorityQueue<int, (DateTimeOffset At, int Turn)> _epochEnds = new();
    private readonly SortedSet<int> _idle = [];
    private int _turn;

    public SweepState State { get; private set; } = new(definition);

    public DateTimeOffset Now { get; private set; } = Start;

    public TimeSpan Elapsed => Now - Start;

    /// <summary>Hears of every command, with the state that it was decided on and what came of it.</summary>
    public Action<SweepState, ISweepCommand, IReadOnlyList<ISweepEvent>>? Decided { get; set; }

    /// <summary>What a worker reports of an epoch, by its number and accuracy. By default everything is as accurate as everything else.</summary>
    public Func<TrialState, int, double, EpochReport> Report { get; init; } = (_, epoch, accuracy) => ReportOf(epoch, accuracy);

    /// <summary>Asked before each epoch's end: whether the worker dies instead, and another takes its place. Never by default.</summary>
    public Func<int, bool> Dies { get; init; } = _ => false;

    /// <summary>Runs until the sweep ends, or <paramref name="isEnough"/> says so after an epoch.</summary>
    public void Run(int workers, Func<SweepState, bool>? isEnough = null)
    {
        Decide(new StartSweep(new SweepId("simulated"), SweepFileText.Of($"name: {definition.Name}"), "simulator", Now));
        for (var worker = 0; worker < workers; worker++) _idle.Add(worker);
        AssignIdle();
        while (State.Ending is null && _epochEnds.TryDequeue(out var worker, out var end))
        {
            Now = end.At;
            Decide(new CheckLimits(Now));
            if (State.Ending is null) EndEpoch(worker);
            if (isEnough?.Invoke(State) == true) return;
            if (_epochEnds.Count == 0) WaitForBackOff();
        }
    }

    /// <summary>Where nobody trains because the only trial that may begins its next attempt later, time passes until then.</summary>
    private void WaitForBackOff()
    {
        var times = State.Waiting.Select(trial => State[trial].NotBefore).OfType<DateTimeOffset>().ToList();
        if (State.Ending is not null || times.Count == 0) return;
        Now = times.Min() > Now ? times.Min() : Now;
        AssignIdle();
    }

    private void EndEpoch(int worker)
    {
        var id = IdOf(worker);
        if (!State.Running.TryGetValue(id, out var attempt)) throw new InvalidOperationException($"{id} trains nothing");
        if (Dies(worker))
        {
            Decide(new LoseWorker(id, "died", Now));
        }
        else
        {
            var trial = State[attempt.Trial];
            var epoch = trial.Reports.Count + 1;
            Decide(new RecordEpoch(attempt, id, Report(trial, epoch, accuracy(trial, epoch)), Now));
        }
        if (State.Holds(attempt, id))
        {
            Train(worker);
            return;
        }
        _idle.Add(worker);
        AssignIdle();
    }

    /// <summary>Each worker without an attempt asks, as real ones do every second.</summary>
    private void AssignIdle()
    {
        foreach (var worker in _idle.ToList())
        {
            Decide(new AssignTrial(IdOf(worker), Now));
            if (!State.Running.ContainsKey(IdOf(worker))) return;
            _idle.Remove(worker);
            Train(worker);
        }
    }

    private void Train(int worker) => _epochEnds.Enqueue(worker, (Now + epochTime(worker), _turn++));

    private void Decide(ISweepCommand command)
    {
        var before = State;
        var events = _decisions.Decide(before, command);
        foreach (var sweepEvent in events) State = State.Apply(sweepEvent);
        Decided?.Invoke(before, command, events);
    }

    private static WorkerId IdOf(int worker) => new($"worker-{worker}#1");

    private static EpochReport ReportOf(int epoch, double accuracy)
    {
        var evaluation = new Evaluation(1 - accuracy, accuracy);
        return new EpochReport(epoch, 1 - accuracy, accuracy, evaluation, evaluation, 0.1, 1, 50_000);
    }
}
