using Sweep.Coordinator.Trials;
using Sweep.Shared;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Trials;

public sealed class WorkerFitTests
{
    private const long Small = 40L << 20, Large = 64L << 30;

    /// <summary>Narrow networks fit a small worker, wide ones need a large one.</summary>
    private static SweepState Begin(string values, int trials = 30) => Begun(Define($$"""
        name: fit
        dataset: {name: digits}
        model: {family: resnet, blocks: [1]}
        training: {epochs: 2, batch_size: 512}
        parameters:
          widths: {values: [{{values}}]}
          learning_rate: {distribution: log_uniform, min: 0.001, max: 1.0}
        search: {algorithm: random, trials: {{trials}}}
        """));

    [Fact]
    public void A_worker_gets_no_trial_that_does_not_fit_and_another_one_in_its_place()
    {
        var sweep = new FitSweep(Begin("[4], [512]"));
        for (var worker = 1; worker <= 6; worker++) sweep.Ask(worker, Small);
        Assert.Equal(6, sweep.State.Running.Count);
        Assert.All(sweep.State.Running.Values, attempt => Assert.True(WorkerFit.Fits(sweep.State[attempt.Trial].Configuration, Small)));
        var waiting = sweep.State.Waiting;
        Assert.NotEmpty(waiting);
        Assert.All(waiting, trial => Assert.False(WorkerFit.Fits(sweep.State[trial].Configuration, Small)));
        sweep.Ask(100, Large);
        Assert.Equal(waiting[0], sweep.State.Running[Worker(100)].Trial);
    }

    [Fact]
    public void Where_nothing_fits_so_many_trials_wait_and_no_more_however_often_a_worker_asks()
    {
        var sweep = new FitSweep(Begin("[512], [600]"));
        for (var time = 0; time < 100; time++) sweep.Ask(1, Small);
        Assert.Empty(sweep.State.Running);
        Assert.Equal(WorkerFit.MostSetAside, sweep.State.Waiting.Count);
        Assert.Equal(sweep.State.Waiting[0], WorkerFit.TooLargeForAll(sweep.State, Small)!.Value.Trial);
        Assert.Null(WorkerFit.TooLargeForAll(sweep.State, Large));
    }

    [Fact]
    public void A_worker_of_which_nobody_knows_what_it_has_gets_anything()
    {
        var sweep = new FitSweep(Begin("[512], [600]"));
        sweep.Ask(1, null);
        Assert.Single(sweep.State.Running);
    }

    [Fact]
    public void What_a_worker_has_is_in_the_event_that_sends_it_a_trial()
    {
        var sweep = new FitSweep(Begin("[4], [6]"));
        sweep.Ask(1, Small);
        Assert.Equal(Small, sweep.Events.OfType<AttemptStarted>().Single().WorkerMemoryBytes);
    }

    [Fact]
    public void A_batch_that_may_be_cut_fits_where_the_whole_one_does_not()
    {
        NetworkConfiguration Configuration(string accumulate) => (NetworkConfiguration)Define($$$"""
            name: fit
            dataset: {name: digits}
            model: {family: resnet, blocks: [1], widths: [64]}
            training: {epochs: 2, batch_size: 1024, accumulate: {{{accumulate}}}}
            parameters: {learning_rate: {values: [0.1, 0.2]}}
            """).Base;
        var whole = WorkerFit.NeedOf(Configuration("1"));
        Assert.False(WorkerFit.Fits(Configuration("1"), whole - 1));
        Assert.True(WorkerFit.Fits(Configuration("auto"), whole - 1));
    }

    private sealed class FitSweep(SweepState began)
    {
        private readonly SweepDecisions _decisions = new(Coordinator.Samplers.Sampler.Create(began.Definition));
        private DateTimeOffset _now = Start;

        public SweepState State { get; private set; } = began;

        public List<ISweepEvent> Events { get; } = [];

        public void Ask(int worker, long? memory)
        {
            _now = _now.AddSeconds(1);
            foreach (var sweepEvent in _decisions.Decide(State, new AssignTrial(Worker(worker), _now, memory)))
            {
                Events.Add(sweepEvent);
                State = State.Apply(sweepEvent);
            }
        }
    }

    private static SweepState Begun(Coordinator.SweepFiles.SweepDefinition definition) => new TestSweep(definition).State;
}
