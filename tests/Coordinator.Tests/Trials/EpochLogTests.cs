using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.Tests.Reports;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Trials;

public class EpochLogTests
{
    private static readonly EpochReport[] Epochs =
    [
        new(1, 0.5, 0.8, new Evaluation(0.6, double.NaN), null, 0.1, 1.5, 300, MicroBatches: 4, PeakMemoryBytes: 1L << 40),
        new(2, null, null, null, new Evaluation(null, 0.7), null, 1.25, null, Metrics: [new Metric("f1", 0.25), new Metric("µ", -1)]),
        new(3, double.PositiveInfinity, 0.1, new Evaluation(0.1, 0.2), new Evaluation(0.3, 0.4), 1e-9, 0, 1),
    ];

    [Fact]
    public void An_archived_log_reads_as_before()
    {
        EpochLog log = [.. Epochs];
        var archived = log.Archived();

        Assert.Equal(Epochs, archived);
        Assert.Equal(Epochs[2], archived[2]);
        Assert.Equal(3, archived.Count);
        Assert.Same(archived, archived.Archived());
    }

    [Fact]
    public void Two_archived_logs_are_read_alternately()
    {
        var (first, second) = (EpochLog.Create(Epochs.AsSpan(0, 1)).Archived(), EpochLog.Create(Epochs.AsSpan(1)).Archived());

        Assert.Equal([Epochs[0], Epochs[1], Epochs[0], Epochs[2]], [first[0], second[0], first[0], second[1]]);
    }

    [Fact]
    public void An_archived_log_can_be_added_to()
    {
        var log = EpochLog.Create(Epochs.AsSpan(0, 1)).Archived();

        Assert.Equal(Epochs[..2], log.Add(Epochs[1]));
        Assert.Equal([Epochs[0]], log);
    }

    [Fact]
    public void A_trial_that_has_ended_has_the_configuration_that_it_was_trained_with()
    {
        var trial = Trial.Mixed[0];

        var archived = trial.Archived(_ => trial.Configuration, new OverfitRule(new OverfitSettings(Patience: 2), classes: 10));

        Assert.Same(trial.Configuration, archived.Configuration);
        Assert.Equal(trial.Reports, archived.Reports);
        Assert.Equal(trial.Verdict, archived.Verdict);
    }
}
