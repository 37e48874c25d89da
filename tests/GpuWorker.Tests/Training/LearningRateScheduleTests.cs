using Sweep.GpuWorker.Training;
using Sweep.Shared;

namespace Sweep.GpuWorker.Tests.Training;

/// <summary>Ten epochs of ten steps, peak rate 1; the values by hand from the formulas, those of one-cycle from PyTorch's.</summary>
public sealed class LearningRateScheduleTests
{
    [Fact]
    public void Constant_stays() => Expect(Settings(LearningRateScheduleKind.Constant), (0, 1), (99, 1));

    [Fact]
    public void Step_decays_every_so_many_epochs() =>
        Expect(Settings(LearningRateScheduleKind.Step) with { Milestones = [3] }, (0, 1), (29, 1), (30, 0.1), (59, 0.1), (60, 0.01), (99, 0.001));

    [Fact]
    public void Multistep_decays_at_each_milestone() =>
        Expect(
            Settings(LearningRateScheduleKind.Multistep) with { Milestones = [5, 8], DecayFactor = 0.5 },
            (49, 1), (50, 0.5), (79, 0.5), (80, 0.25), (99, 0.25));

    [Fact]
    public void Cosine_falls_to_nearly_nothing() =>
        Expect(Settings(LearningRateScheduleKind.Cosine), (0, 1), (25, 0.8535533906), (50, 0.5), (75, 0.1464466094), (99, 0.0002467198));

    [Fact]
    public void Warm_up_rises_step_by_step_and_the_cosine_begins_after_it() =>
        Expect(
            Settings(LearningRateScheduleKind.Cosine) with { WarmupEpochs = 2 },
            (0, 0.05), (9, 0.5), (19, 1), (20, 1), (60, 0.5));

    [Fact]
    public void One_cycle_rises_for_thirty_percent_of_the_steps_and_then_falls() =>
        Expect(Settings(LearningRateScheduleKind.OneCycle), (0, 0.04), (29, 1), (64, 0.500002), (99, 0.000004));

    [Fact]
    public void One_cycle_rises_over_the_warm_up_where_there_is_one() =>
        Expect(Settings(LearningRateScheduleKind.OneCycle) with { WarmupEpochs = 5 }, (0, 0.04), (49, 1), (99, 0.000004));

    [Theory]
    [InlineData(LearningRateScheduleKind.Constant)]
    [InlineData(LearningRateScheduleKind.Cosine)]
    [InlineData(LearningRateScheduleKind.OneCycle)]
    public void A_run_of_a_single_step_has_a_positive_rate(LearningRateScheduleKind kind)
    {
        var rate = new LearningRateSchedule(Settings(kind) with { Epochs = 1 }, stepsPerEpoch: 1).At(0);
        Assert.InRange(rate, 1e-9, 1);
    }

    [Theory]
    [InlineData(LearningRateScheduleKind.Cosine)]
    [InlineData(LearningRateScheduleKind.OneCycle)]
    public void Every_step_of_every_length_has_a_rate_between_zero_and_the_peak(LearningRateScheduleKind kind)
    {
        for (var epochs = 1; epochs <= 6; epochs++)
            for (var warmup = 0; warmup <= epochs; warmup++)
            {
                var schedule = new LearningRateSchedule(Settings(kind) with { Epochs = epochs, WarmupEpochs = warmup }, stepsPerEpoch: 3);
                for (var step = 0; step < 3 * epochs; step++) Assert.InRange(schedule.At(step), 0, 1);
            }
    }

    private static TrainingSettings Settings(LearningRateScheduleKind kind) => new(Epochs: 10, LearningRate: 1, Schedule: kind);

    private static void Expect(TrainingSettings settings, params (int Step, double Rate)[] values)
    {
        var schedule = new LearningRateSchedule(settings, stepsPerEpoch: 10);
        Assert.All(values, value => Assert.Equal(value.Rate, schedule.At(value.Step), 1e-6));
    }
}
