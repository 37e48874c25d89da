using Sweep.Coordinator.Importances;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Importances;

/// <summary>Effects of functions that are known, from trials at random places, with noise.</summary>
public sealed class WhatMatteredTests
{
    private static readonly Coordinator.SweepFiles.SweepDefinition Sweep = TestSweep.Define("""
        name: test
        dataset: {name: digits}
        model: {family: resnet, blocks: [1], widths: [4]}
        training: {epochs: 4}
        parameters:
          learning_rate: {distribution: log_uniform, min: 0.001, max: 1.0}
          weight_decay: {distribution: log_uniform, min: 1.0e-5, max: 1.0e-2}
          augmentation: {values: [true, false]}
          crop_padding: {values: [0, 2], when: {augmentation: true}}
          momentum: {value: 0.9}
        search: {algorithm: random, trials: 100}
        """);

    /// <summary>Accuracy rises with the logarithm of the learning rate, and augmentation adds 0.05; the gap falls with weight decay, and augmentation takes 0.1 off it.</summary>
    private static (double Accuracy, double Gap) Truth(double[] point) =>
        (0.5 + 0.3 * point[0] + (point[2] < 0.5 ? 0.05 : 0), 0.2 - 0.1 * point[1] - (point[2] < 0.5 ? 0.1 : 0));

    [Fact]
    public void What_matters_more_comes_first_and_what_has_one_value_not_at_all() =>
        Assert.Equal(["learning_rate"], Mattered(120, seed: 1).Parameters.Take(1).Select(parameter => parameter.Name));

    [Fact]
    public void Parameters_of_one_value_are_left_out() =>
        Assert.DoesNotContain(Mattered(40, seed: 1).Parameters, parameter => parameter.Name == "momentum");

    [Fact]
    public void The_intervals_hold_the_true_effects_nineteen_times_in_twenty()
    {
        var (inside, all) = (0, 0);
        for (var seed = 1; seed <= 20; seed++)
        {
            var augmentation = Mattered(60, seed).Parameters.Single(parameter => parameter.Name == "augmentation");
            var off = augmentation.Objective.Single(effect => effect.Values.Text == "false");
            var on = augmentation.Objective.Single(effect => effect.Values.Text == "true");
            // Half of the difference, each way from the mean of what was tried.
            var share = (double)off.Trials / (off.Trials + on.Trials);
            var mean = off.Mean * share + on.Mean * (1 - share);
            foreach (var (effect, truth) in (ReadOnlySpan<(Effect, double)>)[(on, mean + 0.05 * share), (off, mean - 0.05 * (1 - share))])
            {
                all++;
                if (effect.Lower <= truth && truth <= effect.Upper) inside++;
            }
        }
        Assert.InRange(inside, 0.85 * all, all);
    }

    [Fact]
    public void Effects_rise_where_the_function_does_and_what_has_none_stays_level()
    {
        var mattered = Mattered(100, seed: 3);
        var rate = mattered.Parameters.Single(parameter => parameter.Name == "learning_rate").Objective;
        Assert.Equal(rate.Select(effect => effect.Mean).Order(), rate.Select(effect => effect.Mean));
        Assert.True(rate[0].Upper < rate[^1].Lower);
        Assert.True(rate[0].Values.Low < 0.01 && rate[^1].Values.High > 0.1);
        var decay = mattered.Parameters.Single(parameter => parameter.Name == "weight_decay").Objective;
        Assert.True(decay.Max(effect => effect.Lower) < decay.Min(effect => effect.Upper));
    }

    /// <summary>High learning rates were tried with high weight decay: cells' means would say that weight decay helps.</summary>
    [Fact]
    public void What_was_only_tried_together_with_what_helps_gets_no_credit()
    {
        var random = new CounterRandom(5);
        var trials = Enumerable.Range(1, 80).Select(number =>
        {
            var rate = random.NextDouble();
            return TrialAt(number, [rate, Math.Clamp(rate + 0.4 * (random.NextDouble() - 0.5), 0, 1), random.NextDouble(), 0.5, 0.5], ref random);
        }).ToList();

        var parameters = WhatMattered.Of(Sweep.Space, Sweep.Objective, trials)!.Parameters;
        Assert.InRange(Spread(parameters, "weight_decay"), 0, 0.5 * Spread(parameters, "learning_rate"));

        static double Spread(IEnumerable<ParameterEffect> parameters, string name) =>
            parameters.Single(parameter => parameter.Name == name).Objective is var cells ? cells.Max(cell => cell.Mean) - cells.Min(cell => cell.Mean) : 0;
    }

    [Fact]
    public void The_gap_is_told_by_setting_with_how_many_overfitted()
    {
        var parameters = Mattered(100, seed: 4).Parameters;
        var (highest, lowest) = parameters.Single(parameter => parameter.Name == "augmentation").MovesGap!.Value;
        Assert.Equal(("false", "true"), (highest.Values.Text, lowest.Values.Text));
        Assert.InRange(highest.Mean - lowest.Mean, 0.08, 0.12);
        Assert.True(highest.Overfitting > lowest.Overfitting);
        var decay = parameters.Single(parameter => parameter.Name == "weight_decay").MovesGap!.Value;
        Assert.True(decay.Highest.Values.High < decay.Lowest.Values.Low);
        Assert.Null(parameters.Single(parameter => parameter.Name == "learning_rate").MovesGap);
    }

    [Fact]
    public void A_parameter_that_some_trials_lack_is_compared_among_those_that_have_it() =>
        Assert.Equal(["0", "2"], Mattered(60, seed: 6).Parameters.Single(parameter => parameter.Name == "crop_padding").Objective.Select(effect => effect.Values.Text));

    [Fact]
    public void Of_few_results_nothing_is_said()
    {
        var random = new CounterRandom(1);
        var trials = Enumerable.Range(1, WhatMattered.LeastResults - 1).Select(number => TrialAt(number, Point(ref random), ref random)).ToList();
        Assert.Null(WhatMattered.Of(Sweep.Space, Sweep.Objective, trials));
    }

    [Fact]
    public void Of_very_many_trials_a_share_says_it()
    {
        var mattered = Mattered(2 * WhatMattered.MostTrials, seed: 1);

        Assert.InRange(mattered.Configurations, WhatMattered.MostTrials * 0.9, WhatMattered.MostTrials * 1.1);
        Assert.Equal("learning_rate", mattered.Parameters[0].Name);
    }

    private static string HashOf(int number) => Convert.ToHexStringLower(System.IO.Hashing.XxHash128.Hash(BitConverter.GetBytes(number)));

    private static WhatMattered Mattered(int count, long seed)
    {
        var random = new CounterRandom(seed);
        var trials = new List<TrialState>();
        for (var number = 1; number <= count; number++) trials.Add(TrialAt(number, Point(ref random), ref random));
        return WhatMattered.Of(Sweep.Space, Sweep.Objective, trials)!;
    }

    private static double[] Point(ref CounterRandom random) =>
        [random.NextDouble(), random.NextDouble(), random.NextDouble(), random.NextDouble(), random.NextDouble()];

    private static TrialState TrialAt(int number, double[] point, ref CounterRandom random)
    {
        var (accuracy, gap) = Truth(point);
        accuracy += 0.02 * (random.NextDouble() - 0.5);
        gap += 0.02 * (random.NextDouble() - 0.5);
        var evaluation = new Evaluation(1 - accuracy, accuracy);
        var report = new EpochReport(1, 0.1, accuracy + gap, evaluation, evaluation, 0.1, 1, 100);
        var hyperparameters = Sweep.Space.FromUnit(point);
        return new TrialState(
            new TrialId(number), hyperparameters, Sweep.Space.Resolve(Sweep.Base, hyperparameters), HashOf(number), 1, number, [report],
            new Verdict(gap > 0.12 ? VerdictKind.Overfitting : VerdictKind.Healthy, 1, ""), 0, 1, null, null, false, 0, null, TrialOutcome.Completed, null, 1);
    }
}
