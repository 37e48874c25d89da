using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.SearchSpaces;
using Sweep.Coordinator.SweepFiles;
using Sweep.Shared;
using static Sweep.Coordinator.Tests.SweepFiles.ValidSweepFileTests;

namespace Sweep.Coordinator.Tests.SweepFiles;

public sealed class TrainerTests
{
    private const string Smallest = """
        name: own
        trainer: {command: [python3, train.py]}
        training: {epochs: 9}

        """;

    [Fact]
    public void A_command_has_its_documented_defaults()
    {
        var sweep = Read(Smallest);

        var command = new CommandSettings(["python3", "train.py"], null, ParameterPassing.Arguments, ReportPlace.Stdout, TimeSpan.FromHours(1), TimeSpan.FromSeconds(10));
        Assert.Equal(new CustomConfiguration(new TrainerSettings(null, command), 9, Hyperparameters.None), sweep.Base);
        Assert.Equal(new Objective(ObjectiveMetric.ValidationAccuracy), sweep.Objective);
        Assert.Equal(9, sweep.MaxEpochs);
    }

    [Fact]
    public void Every_key_of_a_command_is_read()
    {
        var sweep = Read("""
            name: own
            trainer: {command: [./train.sh, 3], folder: /srv/models, parameters: file, report: file, report_within: 90s, grace: 2m}
            training: {epochs: 9}
            objective: {metric: f1/macro, goal: maximize}
            limits: {target: 12.5}
            """);

        Assert.Equal(
            new CommandSettings(["./train.sh", "3"], "/srv/models", ParameterPassing.File, ReportPlace.File, TimeSpan.FromSeconds(90), TimeSpan.FromMinutes(2)),
            Assert.IsType<CustomConfiguration>(sweep.Base).Trainer.Command);
        Assert.Equal(new Objective(ObjectiveMetric.Custom, "f1/macro", MaximizesCustom: true), sweep.Objective);
        Assert.Equal(12.5, sweep.Limits.Target);
    }

    [Fact]
    public void A_trainer_that_workers_bring_along_is_named() => Assert.Equal(
        "quadratic", Assert.IsType<CustomConfiguration>(Read("name: own\ntrainer: {name: quadratic}\ntraining: {epochs: 2}\n").Base).TrainerName);

    [Fact]
    public void Parameters_have_any_name_and_the_type_of_their_values()
    {
        var space = Read(Smallest + """
            parameters:
              rate: {distribution: log_uniform, min: 1e-4, max: 1}
              width: {min: 16, max: 64, step: 16}
              share: {values: [0, 0.5, 1]}
              blocks: {values: [[3, 3], [-2]]}
              kind: {values: [wide, 'yes', "3"]}
              augment: {values: [true, false]}
              crop: {values: [2, 4], when: {augment: true, kind: [wide, '3']}}
              batch_size: {value: 32}
            search: {trials: 8}
            """).Space;

        HyperparameterValue Of(string name) => space.Parameters.Single(parameter => parameter.Name == name).Domain.FromUnit(0);
        Assert.IsType<HyperparameterValue.Number>(Of("rate"));
        Assert.Equal(new HyperparameterValue.Integer(16), Of("width"));
        Assert.Equal(new HyperparameterValue.Number(0), Of("share"));
        Assert.Equal(new HyperparameterValue.Integers([3, 3]), Of("blocks"));
        Assert.Equal(new HyperparameterValue.Text("wide"), Of("kind"));
        Assert.Equal(new HyperparameterValue.Flag(true), Of("augment"));
        Assert.Equal(new HyperparameterValue.Integer(32), Of("batch_size"));
    }

    [Fact]
    public void The_budget_can_be_searched_and_is_no_parameter_of_the_program()
    {
        var sweep = Read(Smallest + "parameters: {epochs: {values: [3, 27]}, rate: {values: [0.5]}}\n");
        var trial = Assert.IsType<CustomConfiguration>(sweep.Space.Resolve(sweep.Base, sweep.Space.Grid().Last()));

        Assert.Equal(27, sweep.MaxEpochs);
        Assert.Equal(27, trial.Budget);
        Assert.Equal("rate=0.5", trial.Parameters.ToString());
    }

    [Theory]
    [InlineData("grid")]
    [InlineData("random")]
    [InlineData("sobol")]
    [InlineData("tpe")]
    [InlineData("gp")]
    [InlineData("cma_es")]
    [InlineData("evolution")]
    public void Every_sampler_searches_such_a_space(string algorithm)
    {
        var sweep = Read(Smallest + $$$$"""
            parameters:
              rate: {distribution: log_uniform, min: 1e-4, max: 1, points: 3}
              kind: {values: [wide, deep]}
              depth: {values: [1, 2, 3], when: {kind: deep}}
            constraints:
              - {when: {kind: [deep]}, require: {rate: {max: 0.1}}}
            search: {algorithm: {{{{algorithm}}}}, trials: 6}
            """);
        var state = new Coordinator.Trials.SweepState(sweep);

        var hyperparameters = Sampler.Create(sweep).Suggest(state);

        Assert.True(sweep.Space.Contains(hyperparameters!));
    }

    [Fact]
    public void What_the_program_would_not_notice_does_not_make_another_trial()
    {
        var one = (CustomConfiguration)Read(Smallest).Base;
        var command = one.Trainer.Command!;

        Assert.Equal(one.CanonicalHash(), (one with { Trainer = new TrainerSettings(null, command with { Grace = TimeSpan.FromSeconds(1) }) }).CanonicalHash());
        Assert.NotEqual(one.CanonicalHash(), (one with { Trainer = new TrainerSettings(null, command with { Command = ["python3", "other.py"] }) }).CanonicalHash());
        Assert.NotEqual(one.CanonicalHash(), (one with { Epochs = 10 }).CanonicalHash());
        Assert.NotEqual(one.CanonicalHash(), (one with { Parameters = new Hyperparameters([new("rate", new HyperparameterValue.Number(1))]) }).CanonicalHash());
    }
}
