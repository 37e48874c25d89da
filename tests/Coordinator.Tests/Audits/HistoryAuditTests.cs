using System.Collections.Immutable;
using Sweep.Coordinator.Audits;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using Sweep.Shared.Protocol;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Audits;

public sealed class HistoryAuditTests
{
    [Fact]
    public void A_sweep_with_losses_and_an_interruption_and_a_resumption_has_nothing_wrong_at_any_time()
    {
        var events = Eventful().Events;
        for (var stored = 1; stored <= events.Count; stored++) Assert.Empty(ProblemsIn(events.Take(stored), Eventful().Definition));
    }

    [Fact]
    public void Each_kind_of_contradiction_is_found()
    {
        var sweep = Eventful();
        var epoch = sweep.Events.OfType<EpochRecorded>().First();
        var finished = sweep.Events.OfType<TrialFinished>().First();
        var started = sweep.Events.OfType<AttemptStarted>().First();
        Assert.Contains("has two outcomes", Found(events => events.Insert(At(events, finished), finished with { Outcome = TrialOutcome.Failed })), StringComparison.Ordinal);
        Assert.Contains("epoch 1 follows epoch 1", Found(events => events.Insert(At(events, epoch), epoch)), StringComparison.Ordinal);
        Assert.Contains("epoch 4 follows epoch 2", Found(events => events.Remove(events.OfType<EpochRecorded>().Last(recorded => recorded.Report.Epoch == 3))), StringComparison.Ordinal);
        Assert.Contains("does not hold its trial", Found(events => events.Remove(started)), StringComparison.Ordinal);
        Assert.Contains("while 1.1 holds the trial", Found(events => events.Insert(At(events, started) + 1, started with { Attempt = started.Attempt with { Number = 2 } })), StringComparison.Ordinal);
        Assert.Contains("trials have not", Found(events => events.Remove(events.OfType<TrialFinished>().Last())), StringComparison.Ordinal);
        Assert.Contains("until it is resumed", Found(events => events.Add(epoch)), StringComparison.Ordinal);
        Assert.Contains("a sweep starts once", Found(events => events.RemoveAt(0)), StringComparison.Ordinal);

        string Found(Action<List<ISweepEvent>> tamper)
        {
            List<ISweepEvent> events = [.. sweep.Events];
            tamper(events);
            return string.Join('\n', ProblemsIn(events, sweep.Definition));
        }

        static int At(List<ISweepEvent> events, ISweepEvent sweepEvent) => events.IndexOf(sweepEvent);
    }

    private static TestSweep Eventful()
    {
        var sweep = new TestSweep();
        var first = sweep.Assign(1)!.Value;
        sweep.Record(1, first, Report(1));
        sweep.Assign(2);
        sweep.Lose(2);
        sweep.Do(new InterruptSweep(sweep.Tick()));
        sweep.Do(new ResumeSweep(Guid.NewGuid(), "0.1.0", [], null, sweep.Tick()));
        var again = sweep.Assign(3)!.Value;
        sweep.End(3, again, AttemptEnding.OutOfMemory);
        sweep.RunToTheEnd();
        return sweep;
    }

    private static ImmutableArray<string> ProblemsIn(IEnumerable<ISweepEvent> events, SweepDefinition definition)
    {
        ISweepEvent[] story = [.. events];
        return HistoryAudit.ProblemsIn(story, story.Aggregate(new SweepState(definition), (state, sweepEvent) => state.Apply(sweepEvent)));
    }
}
