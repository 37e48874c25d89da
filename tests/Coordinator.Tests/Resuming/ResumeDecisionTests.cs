using Sweep.Coordinator.Resuming;
using Sweep.Coordinator.SweepFiles;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;
using static Sweep.Coordinator.Tests.Trials.TestSweep;

namespace Sweep.Coordinator.Tests.Resuming;

public sealed class ResumeDecisionTests
{
    private const string Yaml = """
        name: test
        dataset: {name: digits}
        model: {family: resnet, blocks: [1], widths: [4]}
        training: {epochs: 1}
        parameters:
          learning_rate: {distribution: log_uniform, min: 0.001, max: 1.0}
          momentum: {values: [0.5, 0.9]}
        search: {algorithm: random, trials: 2}
        limits: {max_epochs_total: 100, max_duration: 1h}
        """;

    [Fact]
    public void The_same_file_goes_on_whatever_its_comments_and_layout() =>
        Assert.Equal(new ResumeDecision.GoOn(null), Decide("# again\n" + Yaml.Replace("{epochs: 1}", "\n  epochs: 1", StringComparison.Ordinal)));

    [Fact]
    public void Another_file_is_refused_with_every_key_that_differs()
    {
        var reason = Refusal(Yaml.Replace("epochs: 1}", "epochs: 2, momentum: 0.8}", StringComparison.Ordinal).Replace("0.9]", "0.9, 0.95]", StringComparison.Ordinal), extend: true);
        Assert.Contains("  training.epochs: 1 -> 2", reason, StringComparison.Ordinal);
        Assert.Contains("  training.momentum: (not given) -> 0.8", reason, StringComparison.Ordinal);
        Assert.Contains("  parameters.momentum.values: [0.5, 0.9] -> [0.5, 0.9, 0.95]", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_in_another_order_are_another_search()
    {
        var swapped = Yaml.Replace("  momentum: {values: [0.5, 0.9]}\n", "", StringComparison.Ordinal)
            .Replace("  learning_rate:", "  momentum: {values: [0.5, 0.9]}\n  learning_rate:", StringComparison.Ordinal);
        Assert.Contains("parameters (their order): learning_rate, momentum -> momentum, learning_rate", Refusal(swapped), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trials: 2", "trials: 3")]
    [InlineData("max_epochs_total: 100", "max_epochs_total: 200")]
    [InlineData("max_duration: 1h", "max_duration: 90m")]
    [InlineData(", max_duration: 1h", "")]
    public void Raised_limits_need_extend_and_go_on_with_it(string old, string given)
    {
        var raised = Yaml.Replace(old, given, StringComparison.Ordinal);
        Assert.Contains("--extend", Refusal(raised), StringComparison.Ordinal);
        var goOn = Assert.IsType<ResumeDecision.GoOn>(Decide(raised, extend: true));
        Assert.Equal(raised, goOn.Extension!.SweepFile);
        Assert.Equal(Define(raised).Limits, goOn.Extension.Limits);
        Assert.Equal(Define(raised).Search.Trials, goOn.Extension.Trials);
    }

    [Theory]
    [InlineData("trials: 2", "trials: 1", "search.trials")]
    [InlineData("max_epochs_total: 100", "max_epochs_total: 99", "limits.max_epochs_total")]
    [InlineData("limits: {", "limits: {max_parallel_trials: 4, ", "limits.max_parallel_trials")]
    public void Lowered_limits_are_refused(string old, string given, string key) =>
        Assert.StartsWith($"{key} can be raised", Refusal(Yaml.Replace(old, given, StringComparison.Ordinal), extend: true), StringComparison.Ordinal);

    [Fact]
    public void A_sweep_that_has_ended_is_over_until_it_is_extended()
    {
        Assert.Equal(new ResumeDecision.Over(), Decide(Yaml, ended: true));
        Assert.Equal(new ResumeDecision.Over(), Decide(Yaml, extend: true, ended: true));
        Assert.IsType<ResumeDecision.GoOn>(Decide(Yaml.Replace("trials: 2", "trials: 3", StringComparison.Ordinal), extend: true, ended: true));
    }

    [Fact]
    public void A_history_too_old_to_know_the_file_still_knows_whether_it_is_the_one()
    {
        var started = new SweepStarted(new("old-1"), "test", 0, SweepFileText.Of(Yaml).Hash, Start);
        var state = new SweepState(Define(Yaml)).Apply(started);
        Assert.Equal(new ResumeDecision.GoOn(null), ResumeDecision.Of(state, Valid(Yaml), extend: false));
        Assert.IsType<ResumeDecision.Refused>(ResumeDecision.Of(state, Valid(Yaml + "\n# edited"), extend: true));
    }

    private static string Refusal(string given, bool extend = false) => Assert.IsType<ResumeDecision.Refused>(Decide(given, extend)).Reason;

    private static ResumeDecision Decide(string given, bool extend = false, bool ended = false)
    {
        var definition = Define(Yaml);
        var state = new SweepState(definition)
            .Apply(new SweepStarted(new("test-1"), "test", 0, SweepFileText.Of(Yaml).Hash, Start, Yaml, "0.1.0"));
        if (ended) state = state.Apply(new SweepFinished(SweepEnding.AllTrialsEnded, Start));
        return ResumeDecision.Of(state, Valid(given), extend);
    }

    private static SweepFileResult.Valid Valid(string yaml) =>
        Assert.IsType<SweepFileResult.Valid>(SweepFileReader.ReadText(yaml, "test.yaml"), exactMatch: true);
}
