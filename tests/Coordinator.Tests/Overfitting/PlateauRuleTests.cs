using CsCheck;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Overfitting;

public sealed class PlateauRuleTests
{
    private static readonly PlateauSettings Settings = new(Patience: 3, MinDelta: 0.01);
    private static readonly Objective Accuracy = new(ObjectiveMetric.ValidationAccuracy);

    [Fact]
    public void It_fires_once_the_objective_has_stood_still_for_as_many_epochs_as_patience_allows()
    {
        Assert.Null(FiredAt([0.5, 0.6, 0.6, 0.605]));
        Assert.Equal(5, FiredAt([0.5, 0.6, 0.6, 0.605, 0.6]));
        Assert.Equal(5, FiredAt([0.5, 0.6, 0.6, 0.605, 0.6, 0.9]));
    }

    [Fact]
    public void An_improvement_starts_the_wait_anew() =>
        Assert.Null(FiredAt([0.5, 0.6, 0.6, 0.6, 0.7, 0.7, 0.7]));

    [Fact]
    public void A_loss_improves_downwards()
    {
        var reports = Curves.Of([0.1, 0.1, 0.1, 0.1, 0.1], [0, 0, 0, 0, 0])
            .Select(report => report with { Test = report.Test! with { Loss = 1.0 / report.Epoch } }).ToArray();
        Assert.Null(PlateauRule.FiredAt(Settings, new Objective(ObjectiveMetric.TestLoss), reports));
        Assert.Equal(4, PlateauRule.FiredAt(Settings with { MinDelta = 1 }, new Objective(ObjectiveMetric.TestLoss), reports));
    }

    [Fact]
    public void NaN_is_no_improvement()
    {
        Assert.Equal(4, FiredAt([double.NaN, double.NaN, double.NaN, double.NaN]));
        Assert.Equal(5, FiredAt([0.5, 0.6, double.NaN, double.NaN, double.NaN]));
        Assert.Null(FiredAt([double.NaN, double.NaN, double.NaN, 0.1]));
    }

    [Fact]
    public void A_longer_history_fires_at_the_same_epoch() => Gen.Double[0, 1].Array[1, 30].Sample(values =>
    {
        var fired = FiredAt(values);
        for (var length = 1; length <= values.Length; length++)
            Assert.Equal(length < fired ? null : fired, FiredAt(values[..length]));
    });

    private static int? FiredAt(double[] validation) =>
        PlateauRule.FiredAt(Settings, Accuracy, Curves.Of([.. validation.Select(_ => 0.5)], validation));
}
