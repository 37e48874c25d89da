using System.Text.Json;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Trials;

public sealed class SweepEventTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 24, 5, 0, 0, 123, TimeSpan.Zero);
    private static readonly AttemptId Attempt = new(new SweepId("s-1"), new TrialId(7), 2);

    private static readonly ISweepEvent[] Samples =
    [
        new SweepStarted(new SweepId("s-1"), "s", 42, "abc", At, "name: s", "0.2.0"),
        new LessonsLearned(new RunLessons("runs/first", [new Lesson(Hyperparameters.None, "hash", [0.5, 0.25], true, [double.PositiveInfinity])], 2, 3), At),
        new SweepResumed(new Guid("7b1f1a30-9c0e-4c51-9d7b-5d8ab2ab1a11"), "0.2.0", At),
        new SweepExtended(new SweepExtension("name: s", 12, new SweepLimits(null, TimeSpan.FromHours(2), 300, 20, 1.5, 0.95, 7)), At),
        new SweepPaused(At),
        new SweepUnpaused(At),
        new TrialCreated(new TrialId(7), new Hyperparameters(
        [
            new("learning_rate", new HyperparameterValue.Number(0.1)),
            new("weight", new HyperparameterValue.Number(2)),
            new("batch_size", new HyperparameterValue.Integer(64)),
            new("augmentation", new HyperparameterValue.Flag(true)),
            new("optimizer", new HyperparameterValue.Text("adam")),
            new("blocks", new HyperparameterValue.Integers([3, 4, 6, 3])),
        ]), "hash", At, Replicate: 3),
        new AttemptStarted(Attempt, new WorkerId("w#1"), 3, At),
        new EpochRecorded(Attempt, new EpochReport(3, double.NaN, 0.5, null, new Evaluation(double.PositiveInfinity, 0.1), 0.01, 2.5, 1234.5, 2, 1L << 33), At),
        new AttemptClosed(Attempt, AttemptClosure.Lost, true, "gone", At, FailureClass.Infrastructure),
        new TrialPaused(Attempt, "place 2 of 2 after 3 epochs, where 0 may go on", At),
        new TrialExploited(new TrialId(7), new TrialId(2), 3, new Hyperparameters([new("learning_rate", new HyperparameterValue.Number(0.08))]), At),
        new TrialFinished(new TrialId(7), TrialOutcome.OutOfMemory, null, At, FailureClass.OutOfMemory, ByScheduler: true),
        new AttemptRefused(Attempt, new WorkerId("w#1"), At),
        new SearchExhausted(At),
        new SweepFinished(SweepEnding.EpochLimit, At, "the sweep spent its limit"),
    ];

    [Fact]
    public void Every_event_reads_back_as_it_was_written()
    {
        foreach (var sample in Samples)
        {
            var json = JsonSerializer.Serialize(sample, sample.GetType(), SweepEventJson.Default);
            Assert.Equal(sample, JsonSerializer.Deserialize(json, sample.GetType(), SweepEventJson.Default));
        }
    }

    [Fact]
    public void A_trial_from_before_there_were_replicates_is_its_configurations_first() =>
        Assert.Equal(1, JsonSerializer.Deserialize(
            """{"trial":{"number":7},"hyperparameters":{},"configuration_hash":"hash","at":"2026-11-24T05:00:00+00:00"}""",
            SweepEventJson.Default.TrialCreated)!.Replicate);

    [Fact]
    public void An_epoch_from_before_memory_was_measured_has_none() =>
        Assert.Null(JsonSerializer.Deserialize(
            """
            {"attempt":{"sweep":{"value":"s-1"},"trial":{"number":7},"number":2},"at":"2026-11-24T05:00:00+00:00",
             "report":{"epoch":3,"train_loss":1,"train_accuracy":0.5,"test":{"loss":1,"accuracy":0.1},"learning_rate":0.01,"seconds":2.5,"images_per_second":9}}
            """,
            SweepEventJson.Default.EpochRecorded)!.Report.PeakMemoryBytes);

    [Fact]
    public void Every_kind_of_event_has_a_manifest_of_its_own_and_a_sample_here()
    {
        var kinds = typeof(ISweepEvent).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(ISweepEvent)) && !type.IsInterface).ToHashSet();
        Assert.Equal(kinds, SweepEventSerializer.Table.Select(entry => entry.Type).ToHashSet());
        Assert.Equal(kinds, Samples.Select(sample => sample.GetType()).ToHashSet());
        Assert.Equal(kinds.Count, SweepEventSerializer.Table.Select(entry => entry.Manifest).Distinct().Count());
    }
}
