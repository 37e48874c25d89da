using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.Coordinator.Tests.Trials;

/// <summary>A sweep driven by hand: every command goes through the real decisions, and every event is kept.</summary>
internal sealed class TestSweep
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SweepDecisions _decisions;
    private DateTimeOffset _now = Start;

    /// <param name="final">Of <c>search.final_replicates</c>: <c>{top: 2, seeds: 3}</c>.</param>
    public TestSweep(string more = "", int trials = 3, int epochs = 4, string final = "null")
        : this(Define($$$"""
            name: test
            dataset: {name: digits}
            model: {family: resnet, blocks: [1], widths: [4]}
            training: {epochs: {{{epochs}}}}
            parameters: {learning_rate: {distribution: log_uniform, min: 0.001, max: 1.0}}
            search: {algorithm: random, trials: {{{trials}}}, final_replicates: {{{final}}}}
            {{{more}}}
            """))
    {
    }

    /// <summary>Goes on from what another one has come to.</summary>
    public TestSweep(SweepDefinition began, IEnumerable<ISweepEvent> stored, DateTimeOffset now)
        : this(stored.Aggregate(new SweepState(began), (state, sweepEvent) => state.Apply(sweepEvent)), now) =>
        Events.AddRange(stored);

    /// <summary>Goes on from a state.</summary>
    public TestSweep(SweepState state, DateTimeOffset now)
    {
        State = state;
        Definition = State.Definition;
        _decisions = new SweepDecisions(Sampler.Create(Definition));
        _now = now;
    }

    public TestSweep(SweepDefinition definition)
    {
        Definition = definition;
        _decisions = new SweepDecisions(Sampler.Create(Definition));
        State = new SweepState(Definition);
        Do(StartOf(definition));
    }

    public SweepDefinition Definition { get; }

    public SweepState State { get; private set; }

    public List<ISweepEvent> Events { get; } = [];

    public static StartSweep StartOf(SweepDefinition definition) =>
        new(new SweepId("test-1"), SweepFileText.Of($"name: {definition.Name}"), "0.1.0", Start);

    public static WorkerId Worker(int number) => new($"worker-{number}#1");

    public static SweepDefinition Define(string yaml)
    {
        var file = SweepFileReader.ReadText(yaml, "test.yaml");
        return Assert.IsType<SweepFileResult.Valid>(file, exactMatch: true).Definition;
    }

    public static EpochReport Report(int epoch, double train = 0.5, double heldOut = 0.5, double trainLoss = 1) =>
        new(epoch, trainLoss, train, new Evaluation(1, heldOut), new Evaluation(1, heldOut), 0.1, 1, 100);

    public IReadOnlyList<ISweepEvent> Do(ISweepCommand command)
    {
        var events = _decisions.Decide(State, command);
        foreach (var sweepEvent in events) State = State.Apply(sweepEvent);
        Events.AddRange(events);
        return events;
    }

    /// <summary>The worker asks for work; the attempt that it then holds, or null.</summary>
    public AttemptId? Assign(int worker)
    {
        Do(new AssignTrial(Worker(worker), Tick()));
        return State.Running.TryGetValue(Worker(worker), out var attempt) ? attempt : null;
    }

    public IReadOnlyList<ISweepEvent> Record(int worker, AttemptId attempt, EpochReport report) =>
        Do(new RecordEpoch(attempt, Worker(worker), report, Tick()));

    public IReadOnlyList<ISweepEvent> End(int worker, AttemptId attempt, AttemptEnding ending) =>
        Do(new EndAttempt(attempt, Worker(worker), ending, $"ended as {ending}", Tick()));

    public void Wait(TimeSpan time) => _now += time;

    public IReadOnlyList<ISweepEvent> Lose(int worker) => Do(new LoseWorker(Worker(worker), "gone", Tick()));

    /// <summary>One honest worker trains whatever is left; the first epoch of a trial measures what <paramref name="accuracy"/> says of it.</summary>
    public void RunToTheEnd(Func<TrialState, double>? accuracy = null)
    {
        const int Worker = 99;
        foreach (var worker in State.Running.Keys.ToList()) Do(new LoseWorker(worker, "gone", Tick()));
        while (Assign(Worker) is { } attempt)
            for (var epoch = 1; State.Holds(attempt, TestSweep.Worker(Worker)); epoch++)
                Record(Worker, attempt, Report(epoch, heldOut: accuracy?.Invoke(State[attempt.Trial]) ?? 0.5));
    }

    /// <summary>Each thing happens a second after the one before.</summary>
    public DateTimeOffset Tick() => _now += TimeSpan.FromSeconds(1);
}
