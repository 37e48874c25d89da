using Sweep.Coordinator.Plans;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Deploy.Tests.Autoscaling;

/// <summary>
/// A sweep's real decisions, workers that need a while to come up, and an autoscaler as Kubernetes' is: it looks every 15 s, starts what is missing
/// at once, and ends what is too much when it has been too much for five minutes. Time is simulated second by second.
/// </summary>
internal sealed class SimulatedCluster
{
    private const int LookEvery = 15, Stabilization = 300;
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    private readonly SweepDecisions _decisions;
    private readonly int _searchTrials;
    private readonly Func<int, int> _epochSeconds;
    private readonly int _startUp;
    private readonly int _mostWorkers;
    private readonly List<Pod> _pods = [];
    private readonly Queue<(int At, int Wanted)> _recommended = [];
    private int _now;
    private int _podNumber;

    /// <param name="startUp">Seconds from a pod's creation to its worker's first word.</param>
    /// <param name="epochSeconds">How long an epoch of the trial takes.</param>
    public SimulatedCluster(string sweepFile, int startUp, int mostWorkers, Func<int, int> epochSeconds)
    {
        var file = (SweepFileResult.Valid)SweepFileReader.ReadText(sweepFile, "sweep.yaml");
        var sampler = Sampler.Create(file.Definition);
        (_decisions, _startUp, _mostWorkers, _epochSeconds) = (new SweepDecisions(sampler), startUp, mostWorkers, epochSeconds);
        _searchTrials = SweepPlan.Of(file.Definition, sampler).SearchTrials;
        State = new SweepState(file.Definition);
        Decide(new StartSweep(new SweepId("simulated"), file.File, "0", Now));
    }

    public SweepState State { get; private set; }

    public int Demand => SweepDemand.Of(State, _searchTrials);

    /// <summary>By the second.</summary>
    public List<int> Demands { get; } = [];

    public List<int> Replicas { get; } = [];

    /// <summary>Seconds that attempts had trained since their last epoch when their worker was ended.</summary>
    public int SecondsLost { get; private set; }

    /// <summary>Until the sweep has ended and nobody is left, or the limit has passed.</summary>
    /// <param name="each">Done every second: a worker is lost, say.</param>
    public void Run(int limitSeconds, Action<int>? each = null)
    {
        for (_now = 0; _now < limitSeconds && (State.Ending is null || _pods.Count > 0); _now++)
        {
            if (_now % LookEvery == 0) Scale();
            each?.Invoke(_now);
            foreach (var pod in _pods.Where(pod => _now >= pod.ReadyAt).ToList()) Work(pod);
            Demands.Add(Demand);
            Replicas.Add(_pods.Count);
        }
    }

    /// <summary>The worker of some busy pod dies; its pod is replaced at once, and comes up as any other.</summary>
    public void KillOne()
    {
        if (_pods.Find(pod => State.Running.ContainsKey(pod.Worker)) is not { } victim) return;
        Decide(new LoseWorker(victim.Worker, "died", Now));
        _pods.Remove(victim);
        Add();
    }

    private DateTimeOffset Now => Start.AddSeconds(_now);

    private void Scale()
    {
        var wanted = Math.Min(Demand, _mostWorkers);
        _recommended.Enqueue((_now, wanted));
        while (_recommended.Peek().At < _now - Stabilization) _recommended.Dequeue();
        while (_pods.Count < wanted) Add();
        // Kubernetes takes the newest pods first where they are alike.
        for (var stable = _recommended.Max(one => one.Wanted); _pods.Count > stable;) End(_pods[^1]);
    }

    private void Add() => _pods.Add(new Pod(new WorkerId($"pod-{++_podNumber}"), _now + _startUp));

    /// <summary>SIGTERM: the trial is handed back, and goes on elsewhere from a checkpoint.</summary>
    private void End(Pod pod)
    {
        _pods.Remove(pod);
        if (!State.Running.TryGetValue(pod.Worker, out var attempt)) return;
        SecondsLost += _now - pod.EpochBegan;
        Decide(new EndAttempt(attempt, pod.Worker, AttemptEnding.Released, null, Now));
    }

    private void Work(Pod pod)
    {
        if (!State.Running.TryGetValue(pod.Worker, out var attempt))
        {
            Decide(new AssignTrial(pod.Worker, Now));
            pod.EpochBegan = _now;
        }
        else if (_now - pod.EpochBegan >= _epochSeconds(attempt.Trial.Number))
        {
            var epoch = State[attempt.Trial].Reports.Count + 1;
            Decide(new RecordEpoch(attempt, pod.Worker, new EpochReport(epoch, 1, 0.5, new Evaluation(1, 0.5), new Evaluation(1, 0.5), 0.1, 1, 1), Now));
            pod.EpochBegan = _now;
        }
    }

    private void Decide(ISweepCommand command)
    {
        foreach (var sweepEvent in _decisions.Decide(State, command)) State = State.Apply(sweepEvent);
    }

    private sealed class Pod(WorkerId worker, int readyAt)
    {
        public WorkerId Worker { get; } = worker;

        public int ReadyAt { get; } = readyAt;

        public int EpochBegan { get; set; }
    }
}
