using Sweep.Shared;
using static Sweep.Coordinator.Tests.SweepFiles.ValidSweepFileTests;

namespace Sweep.Coordinator.Tests.SweepFiles;

/// <summary>What trials train with: parameters over base settings over defaults.</summary>
public sealed class ResolvedConfigurationTests
{
    private static List<NetworkConfiguration> Grid(string text)
    {
        var sweep = Read(text);
        return [.. sweep.Space.Grid().Select(hyperparameters => (NetworkConfiguration)sweep.Space.Resolve(sweep.Base, hyperparameters))];
    }

    [Fact]
    public void A_parameter_overrides_the_base_setting_of_its_name()
    {
        var trials = Grid("""
            name: override
            dataset: {name: cifar10}
            model: {family: resnet, blocks: [3, 3, 3]}
            training: {epochs: 10, learning_rate: 0.5}
            parameters: {learning_rate: {values: [0.1, 0.2]}}
            """);

        Assert.Equal([0.1, 0.2], trials.Select(trial => trial.Training.LearningRate));
    }

    [Fact]
    public void Where_a_conditional_parameter_does_not_exist_the_base_setting_holds()
    {
        var trials = Grid("""
            name: conditional
            dataset: {name: cifar10}
            model: {family: resnet, widths: [16, 32, 64, 128]}
            training: {epochs: 10}
            parameters:
              widths: {values: [[16, 32, 64]], when: {blocks: [[3, 3, 3]]}}
              blocks: {values: [[3, 3, 3], [2, 2, 2, 2]]}
            """);

        Assert.Equal(
            ["[3, 3, 3] [16, 32, 64]", "[2, 2, 2, 2] [16, 32, 64, 128]"],
            trials.Select(trial => $"{trial.Model.Blocks} {trial.Model.Widths}"));
    }

    [Fact]
    public void Widths_double_from_16_in_as_many_stages_as_the_trial_has()
    {
        var trials = Grid("""
            name: widths
            dataset: {name: cifar10}
            model: {family: resnet}
            training: {epochs: 10}
            parameters: {blocks: {values: [[1], [2, 2, 2, 2]]}}
            """);

        Assert.Equal(["[16]", "[16, 32, 64, 128]"], trials.Select(trial => trial.Model.Widths.ToString()));
    }

    [Fact]
    public void The_default_learning_rate_is_that_of_the_trials_optimiser()
    {
        var trials = Grid("""
            name: rates
            dataset: {name: cifar10}
            model: {family: resnet, blocks: [3, 3, 3]}
            training: {epochs: 10}
            parameters: {optimizer: {values: [sgd, adam, adamw]}}
            """);

        Assert.Equal([0.1, 0.001, 0.001], trials.Select(trial => trial.Training.LearningRate));
    }

    [Fact]
    public void A_searched_preset_sets_the_layout_of_each_trial()
    {
        var trials = Grid("""
            name: presets
            dataset: {name: cifar10}
            model: {family: resnet}
            training: {epochs: 10}
            parameters: {preset: {values: [resnet20, resnet18]}}
            """);

        Assert.Equal(
            ["IdentityPadding [3, 3, 3] [16, 32, 64]", "Projection [2, 2, 2, 2] [64, 128, 256, 512]"],
            trials.Select(trial => $"{trial.Model.Shortcut} {trial.Model.Blocks} {trial.Model.Widths}"));
    }

    [Fact]
    public void Nesterov_is_off_where_a_trial_has_no_momentum()
    {
        var trials = Grid("""
            name: nesterov
            dataset: {name: cifar10}
            model: {family: resnet, blocks: [3, 3, 3]}
            training: {epochs: 10, nesterov: true}
            parameters: {momentum: {values: [0, 0.9]}}
            """);

        Assert.Equal([false, true], trials.Select(trial => trial.Training.Nesterov));
    }

    [Fact]
    public void Whether_batches_are_cut_when_memory_runs_out_can_be_searched()
    {
        var trials = Grid("""
            name: accumulation
            dataset: {name: cifar10}
            model: {family: resnet, blocks: [3, 3, 3]}
            training: {epochs: 10, accumulate: 4}
            parameters: {accumulate: {values: [1, auto]}}
            """);

        Assert.Equal([(1, false), (1, true)], trials.Select(trial => (trial.Training.Accumulate, trial.Training.AutoAccumulate)));
        Assert.Equal(2, trials.Select(trial => trial.CanonicalHash()).Distinct().Count());
    }

    [Fact]
    public void Augmentation_is_short_for_its_switch()
    {
        var trials = Grid("""
            name: augmentation
            dataset: {name: cifar10}
            model: {family: resnet, blocks: [3, 3, 3]}
            training: {epochs: 10}
            parameters:
              augmentation.enabled: {values: [true, false]}
              crop_padding: {values: [2, 4], when: {augmentation: true}}
            """);

        Assert.Equal(["True 2", "True 4", "False 4"], trials.Select(trial => $"{trial.Augmentation.Enabled} {trial.Augmentation.CropPadding}"));
    }
}
