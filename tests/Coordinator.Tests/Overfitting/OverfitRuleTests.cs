using CsCheck;
using Sweep.Coordinator.Overfitting;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Overfitting;

public sealed class OverfitRuleTests
{
    private static readonly OverfitSettings Settings = new(MinGap: 0.10, Patience: 3, MinDelta: 0.002);

    // Held-out accuracy is best in epoch 3; training goes on rising.
    private static readonly double[] Rising = [0.50, 0.70, 0.80, 0.85, 0.88, 0.91, 0.94];
    private static readonly double[] Standing = [0.48, 0.65, 0.75, 0.75, 0.74, 0.74, 0.73];

    [Fact]
    public void It_fires_at_the_epoch_at_which_patience_ends_and_not_before()
    {
        var reports = Curves.Of(Rising, Standing);
        Assert.Null(FiredAt(reports[..5]));
        Assert.Equal(6, FiredAt(reports[..6]));
        Assert.Equal(6, FiredAt(reports));
    }

    [Fact]
    public void Onset_is_the_epoch_after_the_last_improvement()
    {
        var verdict = Judge(Curves.Of(Rising, Standing));
        Assert.Equal(VerdictKind.Overfitting, verdict.Kind);
        Assert.Equal(4, verdict.OnsetEpoch);
        Assert.Equal(
            "training accuracy rose from 80.0 % to 91.0 % while validation accuracy did not improve on 75.0 % (epoch 3) for 3 epochs; gap 17.0 points",
            verdict.Evidence.ToString());
    }

    [Fact]
    public void Flagging_and_stopping_find_the_same_onset()
    {
        var reports = Curves.Of(Rising, Standing);
        Assert.Equal(
            new OverfitRule(Settings with { Action = OverfitAction.Stop }, 10).Judge(reports[..6]),
            new OverfitRule(Settings with { Action = OverfitAction.Flag }, 10).Judge(reports));
    }

    [Fact]
    public void A_gap_of_exactly_the_minimum_counts_in_spite_of_rounding()
    {
        Assert.True(0.9 - 0.8 < 0.1);
        Assert.Equal(4, FiredAt(Curves.Of([0.80, 0.85, 0.88, 0.90], [0.80, 0.80, 0.80, 0.80])));
    }

    [Fact]
    public void A_gap_below_the_minimum_never_fires() =>
        Assert.Null(FiredAt(Curves.Of([0.80, 0.82, 0.84, 0.86, 0.88, 0.89], [0.80, 0.80, 0.80, 0.80, 0.80, 0.80])));

    [Fact]
    public void It_waits_for_the_gap_after_patience_has_ended() =>
        Assert.Equal(6, FiredAt(Curves.Of([0.80, 0.82, 0.84, 0.86, 0.88, 0.92], [0.80, 0.80, 0.80, 0.80, 0.80, 0.80])));

    [Fact]
    public void Training_that_stands_still_too_is_no_overfitting() =>
        Assert.NotEqual(VerdictKind.Overfitting, Judge(Curves.Of([0.9, 0.9, 0.9, 0.9, 0.9, 0.9], [0.7, 0.7, 0.7, 0.7, 0.7, 0.7])).Kind);

    [Fact]
    public void A_network_that_has_memorised_its_images_need_not_rise_any_more()
    {
        var verdict = Judge(Curves.Of([0.9, 1, 1, 1, 1], [0.7, 0.8, 0.8, 0.79, 0.8]));
        Assert.Equal(VerdictKind.Overfitting, verdict.Kind);
        Assert.Equal(3, verdict.OnsetEpoch);
        Assert.StartsWith("training accuracy stayed at 100.0 %", verdict.Evidence.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Small_steps_of_held_out_accuracy_add_up_to_an_improvement()
    {
        double[] creeping = [0.700, 0.701, 0.702, 0.703, 0.704, 0.705, 0.706, 0.707, 0.708];
        Assert.Null(FiredAt(Curves.Of([0.80, 0.82, 0.84, 0.86, 0.88, 0.90, 0.92, 0.94, 0.96], creeping)));
    }

    [Fact]
    public void A_late_improvement_keeps_the_onset_and_is_told()
    {
        var verdict = Judge(Curves.Of([.. Rising, 0.95], [.. Standing, 0.80]));
        Assert.Equal((VerdictKind.Overfitting, 4), (verdict.Kind, verdict.OnsetEpoch));
        Assert.EndsWith("; later it did improve, to 80.0 % (epoch 8)", verdict.Evidence.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Test_accuracy_stands_in_where_no_validation_images_are_held_out()
    {
        var reports = Curves.Of(Rising, Standing).Select(report => report with { Validation = null }).ToArray();
        Assert.Equal(6, FiredAt(reports));
        Assert.Contains("while test accuracy", Judge(reports).Evidence.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN, "training loss was NaN in epoch 2")]
    [InlineData(double.PositiveInfinity, "training loss was infinite in epoch 2")]
    public void A_loss_that_is_no_number_has_diverged(double loss, string evidence) =>
        Assert.Equal(new Verdict(VerdictKind.Diverged, null, evidence), Judge([Curves.Epoch(1, 0.5, 0.5), Curves.Epoch(2, 0.1, 0.1, loss)]));

    [Fact]
    public void An_accuracy_of_NaN_neither_improves_nor_fires()
    {
        Assert.Null(FiredAt(Curves.Of(Rising, [.. Rising.Select(_ => double.NaN)])));
        Assert.Null(FiredAt(Curves.Of([.. Rising.Select(_ => double.NaN)], Standing)));
        Assert.Equal(7, FiredAt(Curves.Of(Rising, [double.NaN, 0.65, 0.75, 0.75, 0.74, double.NaN, 0.73])));
    }

    [Fact]
    public void Nothing_is_said_of_a_trial_without_reports() =>
        Assert.Equal(VerdictKind.Undetermined, Judge([]).Kind);

    [Fact]
    public void A_network_that_learns_little_underfits()
    {
        var verdict = Judge(Curves.Of([0.20, 0.30, 0.31], [0.19, 0.29, 0.30]));
        Assert.Equal(VerdictKind.Underfitting, verdict.Kind);
        Assert.Equal("training accuracy reached 31.0 % (epoch 3), below 55.0 %, the middle between guessing and every image right", verdict.Evidence.ToString());
    }

    [Fact]
    public void A_network_that_generalises_is_healthy()
    {
        var verdict = Judge(Curves.Of([0.50, 0.80, 0.91], [0.52, 0.81, 0.89]));
        Assert.Equal(VerdictKind.Healthy, verdict.Kind);
        Assert.Equal("best validation accuracy 89.0 % (epoch 3 of 3); last gap 2.0 points", verdict.Evidence.ToString());
    }

    private static readonly Gen<EpochReport[]> AnyCurves =
        Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1]).Array[1, 40]
            .Select(pairs => Curves.Of([.. pairs.Select(pair => pair.Item1)], [.. pairs.Select(pair => pair.Item2)]));

    [Fact]
    public void A_longer_history_keeps_the_onset() => AnyCurves.Sample(reports =>
    {
        if (FiredAt(reports) is not { } fired) return;
        var onset = Judge(reports[..fired]).OnsetEpoch;
        Assert.True(fired - onset >= Settings.Patience - 1);
        for (var length = 1; length <= reports.Length; length++)
            Assert.Equal(length < fired ? null : onset, Judge(reports[..length]).OnsetEpoch);
    });

    [Fact]
    public void Held_out_accuracy_that_rises_each_epoch_is_never_overfitting() =>
        Gen.Double[0.003, 0.02].Array[1, 40].Sample(steps =>
        {
            var sum = 0.0;
            double[] validation = [.. steps.Select(step => sum += step)];
            Assert.Null(FiredAt(Curves.Of([.. validation.Select(value => Math.Min(1, value + 0.3))], validation)));
        });

    /// <summary>The epoch after which a trial that is judged after each is first found to overfit; null where none is.</summary>
    private static int? FiredAt(EpochReport[] reports) =>
        Enumerable.Range(1, reports.Length).Cast<int?>().FirstOrDefault(length => Judge(reports[..length!.Value]).Kind == VerdictKind.Overfitting);

    private static Verdict Judge(EpochReport[] reports) => new OverfitRule(Settings, classes: 10).Judge(reports);
}
