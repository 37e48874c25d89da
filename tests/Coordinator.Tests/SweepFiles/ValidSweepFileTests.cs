using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;
using Sweep.Shared.Datasets;
using Sweep.Shared.Models;

namespace Sweep.Coordinator.Tests.SweepFiles;

public sealed class ValidSweepFileTests
{
    private const string Smallest = """
        name: smallest
        dataset: {name: cifar10}
        model: {family: resnet, blocks: [3, 3, 3]}
        training: {epochs: 10}

        """;

    public static TheoryData<string> Examples => [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "sweeps"), "*.yaml")];

    public static SweepDefinition Read(string text)
    {
        var result = SweepFileReader.ReadText(text, "sweep.yaml");
        Assert.True(result is SweepFileResult.Valid, result.ToString());
        return ((SweepFileResult.Valid)result).Definition;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_loads(string path)
    {
        var result = SweepFileReader.Read(path);

        Assert.True(result is SweepFileResult.Valid, result.ToString());
    }

    [Fact]
    public void Every_setting_has_its_documented_default()
    {
        var sweep = Read(Smallest);

        Assert.Equal(
            new NetworkConfiguration(
                new DatasetSettings(DatasetName.Cifar10, 0.1),
                new ModelSettings(ModelFamily.Resnet, BlockKind.Basic, ShortcutKind.IdentityPadding, [3, 3, 3], [16, 32, 64]),
                new TrainingSettings(10, 128, Optimizer.Sgd, 0.1, 0.9, false, 1e-4, LearningRateScheduleKind.Cosine),
                new AugmentationSettings(false, 4, true, 0, 0)),
            sweep.Base);
        Assert.Equal(0, sweep.Seed);
        Assert.Equal(SearchAlgorithm.Grid, sweep.Search.Algorithm);
        Assert.Equal(new EarlyStoppingSettings(new OverfitSettings(0.10, 5, 0.002, OverfitAction.Stop), null), sweep.EarlyStopping);
        Assert.Equal(new Objective(ObjectiveMetric.ValidationAccuracy), sweep.Objective);
        Assert.Equal(new SweepLimits(null, null, null), sweep.Limits);
        Assert.Equal(new RetrySettings(3), sweep.Retries);
        Assert.Equal(new ReplicateSettings(1, null), sweep.Replicates);
    }

    [Fact]
    public void Every_key_is_read()
    {
        var sweep = Read("""
            name: all-keys
            description: everything
            seed: -7
            replicates: 2
            dataset: {name: cifar100, validation_fraction: 0.2, train_limit: 5000, test_limit: 1000}
            model: {family: resnet, preset: null, block: bottleneck, shortcut: projection, blocks: [2, 3], widths: [8, 24], init: pytorch_default}
            training:
              {epochs: 9, batch_size: 32, optimizer: adamw, learning_rate: 1e-3, momentum: 0.5, nesterov: true, weight_decay: 0.01, schedule: multistep,
              milestones: [3, 6], decay_factor: 0.2, warmup_epochs: 2, label_smoothing: 0.1, precision: float32}
            augmentation: {enabled: true, crop_padding: 2, horizontal_flip: false, rotation_degrees: 15, cutout: 8}
            search: {final_replicates: {top: 5, seeds: 3}}
            scheduler: {name: none}
            early_stopping: {overfit: {min_gap: 0.2, patience: 4, min_delta: 0.01, action: flag}, plateau: {patience: 7, min_delta: 0.02}}
            objective: {metric: test_loss, goal: minimize}
            limits: {max_parallel_trials: 2, max_duration: 90s, max_epochs_total: 100}
            retries: {max_attempts: 1}
            """);

        Assert.Equal(
            new NetworkConfiguration(
                new DatasetSettings(DatasetName.Cifar100, 0.2, 5000, 1000),
                new ModelSettings(ModelFamily.Resnet, BlockKind.Bottleneck, ShortcutKind.Projection, [2, 3], [8, 24], InitKind.PytorchDefault),
                new TrainingSettings(9, 32, Optimizer.AdamW, 1e-3, 0.5, true, 0.01, LearningRateScheduleKind.Multistep, [3, 6], 0.2, 2, 0.1),
                new AugmentationSettings(true, 2, false, 15, 8)),
            sweep.Base);
        Assert.Equal(("all-keys", "everything", -7L), (sweep.Name, sweep.Description, sweep.Seed));
        Assert.Equal(new EarlyStoppingSettings(new OverfitSettings(0.2, 4, 0.01, OverfitAction.Flag), new PlateauSettings(7, 0.02)), sweep.EarlyStopping);
        Assert.Equal(new Objective(ObjectiveMetric.TestLoss), sweep.Objective);
        Assert.Equal(new SweepLimits(2, TimeSpan.FromSeconds(90), 100), sweep.Limits);
        Assert.Equal(1, sweep.Retries.MaxAttempts);
        Assert.Equal(new ReplicateSettings(2, new FinalReplicateSettings(5, 3)), sweep.Replicates);
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("30m", 1_800)]
    [InlineData("12h", 43_200)]
    [InlineData("2d", 172_800)]
    public void Durations_have_one_unit(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Read($"{Smallest}limits: {{max_duration: {text}}}").Limits.MaxDuration);

    [Theory]
    [InlineData("{min: 0.001, max: 1}", typeof(ContinuousDomain))]
    [InlineData("{min: 1e-3, max: 1}", typeof(ContinuousDomain))]
    [InlineData("{min: 1, max: 2}", typeof(LatticeDomain))]
    [InlineData("{min: 0.1, max: 0.3, step: 0.1}", typeof(LatticeDomain))]
    [InlineData("{distribution: uniform, min: 1, max: 2}", typeof(ContinuousDomain))]
    [InlineData("{value: 0.1}", typeof(ChoiceDomain))]
    public void A_range_is_typed_by_how_its_ends_are_written(string domain, Type type)
    {
        var sweep = Read($"{Smallest}parameters:\n  learning_rate: {domain}\nsearch: {{trials: 1}}\n");

        Assert.IsType(type, sweep.Space.Parameters[0].Domain);
    }

    [Theory]
    [InlineData("learning_rate: {values: [0.1, 0.2]}", "", SearchAlgorithm.Grid)]
    [InlineData("learning_rate: {values: [0.1, 0.2]}", "trials: 2", SearchAlgorithm.Grid)]
    [InlineData("learning_rate: {values: [0.1, 0.2]}", "trials: 1", SearchAlgorithm.Gp)]
    [InlineData("learning_rate: {min: 0.1, max: 0.2, points: 3}", "", SearchAlgorithm.Grid)]
    [InlineData("batch_size: {min: 32, max: 64, step: 32}", "", SearchAlgorithm.Grid)]
    [InlineData("batch_size: {min: 32, max: 64}", "trials: 1000", SearchAlgorithm.Gp)]
    [InlineData("batch_size: {min: 32, max: 64}", "trials: 100000", SearchAlgorithm.Gp)]
    [InlineData("learning_rate: {min: 0.1, max: 0.2}", "trials: 4", SearchAlgorithm.Gp)]
    public void Auto_takes_a_grid_where_it_can_be_walked_whole(string parameter, string trials, SearchAlgorithm expected)
    {
        var search = Read($"{Smallest}parameters:\n  {parameter}\nsearch: {{{trials}}}\n").Search;

        Assert.Equal(expected, search.Algorithm);
        Assert.NotNull(search.Reason);
    }

    [Theory]
    [InlineData(64, SearchAlgorithm.Gp)]
    [InlineData(65, SearchAlgorithm.Tpe)]
    public void Auto_takes_what_many_workers_do_not_wait_for(int parallel, SearchAlgorithm expected) =>
        Assert.Equal(expected, Read(
            $"{Smallest}parameters:\n  learning_rate: {{min: 0.1, max: 0.2}}\nsearch: {{trials: 500}}\nlimits: {{max_parallel_trials: {parallel}}}\n").Search.Algorithm);

    [Theory]
    [InlineData("random", SearchAlgorithm.Random)]
    [InlineData("sobol", SearchAlgorithm.Sobol)]
    [InlineData("tpe", SearchAlgorithm.Tpe)]
    [InlineData("gp", SearchAlgorithm.Gp)]
    [InlineData("cma_es", SearchAlgorithm.CmaEs)]
    [InlineData("evolution", SearchAlgorithm.Evolution)]
    public void Every_algorithm_has_a_name(string name, SearchAlgorithm expected)
    {
        var search = Read($"{Smallest}parameters:\n  learning_rate: {{min: 0.1, max: 0.2}}\nsearch: {{algorithm: {name}, trials: 4}}\n").Search;

        Assert.Equal(new SearchSettings(expected, 4), search);
    }

    [Fact]
    public void Configurations_to_start_with_need_no_value_for_what_is_fixed()
    {
        var search = Read(
            $"{Smallest}parameters:\n  learning_rate: {{min: 0.1, max: 0.2}}\n  momentum: {{value: 0.5}}\nsearch: {{trials: 4, start_with: [{{learning_rate: 0.125}}]}}\n").Search;

        Assert.Equal("learning_rate=0.125 momentum=0.5", Assert.Single(search.StartWith).ToString());
    }

    [Fact]
    public void A_preset_sets_the_layout_and_its_shortcut_unless_that_is_given()
    {
        var published = ((NetworkConfiguration)Read(Smallest.Replace("blocks: [3, 3, 3]", "preset: resnet50")).Base).Model;
        var changed = ((NetworkConfiguration)Read(Smallest.Replace("blocks: [3, 3, 3]", "preset: resnet50, shortcut: identity_padding")).Base).Model;

        Assert.Equal(new ModelSettings(ModelFamily.Resnet, BlockKind.Bottleneck, ShortcutKind.Projection, [3, 4, 6, 3], [64, 128, 256, 512]), published);
        Assert.Equal(published with { Shortcut = ShortcutKind.IdentityPadding }, changed);
    }

    [Fact]
    public void Aliases_stand_for_their_anchors()
    {
        var sweep = Read(Smallest + """
            parameters:
              blocks: {values: &layouts [[3, 3, 3], [5, 5, 5]]}
              crop_padding: {values: [2, 4], when: {blocks: *layouts}}
            """);

        Assert.Equal(4, sweep.Space.Grid().Count());
    }

    [Fact]
    public void A_byte_order_mark_and_Windows_line_ends_do_no_harm() => Assert.Equal("smallest", Read("\uFEFF" + Smallest.ReplaceLineEndings("\r\n")).Name);
}
