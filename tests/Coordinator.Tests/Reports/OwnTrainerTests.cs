using System.Text;
using System.Text.Json;
using Sweep.Coordinator.Overfitting;
using Sweep.Coordinator.Plans;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Samplers;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Tests.Reports;

/// <summary>A trainer of one's own reports what it likes; every view shows that, and says of the rest that it is not known.</summary>
public sealed class OwnTrainerTests
{
    private const string Sweep = """
        name: own
        trainer: {command: [python3, train.py]}
        training: {epochs: 3}
        parameters: {rate: {values: [0.1, 0.2]}}
        objective: {metric: f1, goal: maximize}
        search: {algorithm: grid}
        """;

    [Fact]
    public void A_metric_of_its_own_chooses_the_winner()
    {
        var state = Trained();
        var board = Leaderboard.Of(state);

        Assert.Equal(2, board.Winner!.Trial.Number);
        Assert.Equal("Trial 2 leads with f1 0.8 in epoch 3. Hyperparameters: rate=0.2.", LeaderboardSentences.Winner(board));
        Assert.Equal((0.8, 3, null, null, null), (board.Winner.Objective, board.Winner.ObjectiveEpoch, board.Winner.BestTestAccuracy, board.Winner.Parameters, board.Winner.Gap));
        Assert.Equal(VerdictKind.Undetermined, board.Winner.Verdict);
    }

    [Fact]
    public void What_is_not_known_is_a_dash_in_tables_and_nothing_in_files()
    {
        var board = Leaderboard.Of(Trained());
        var console = new ConsoleText(200);
        ConsoleLeaderboard.Write(console.Console, board);

        Assert.Contains("f1", console.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("params", console.Text, StringComparison.Ordinal);
        Assert.Contains("| – | – | – | – |", LeaderboardMarkdown.Text(board), StringComparison.Ordinal);
        Assert.StartsWith("# Leaderboard of own\n\nSeed 0, objective f1. ", LeaderboardMarkdown.Text(board), StringComparison.Ordinal);
        using var document = JsonDocument.Parse(Written(stream => LeaderboardJson.Write(stream, board)));
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("dataset").ValueKind);
        Assert.Equal("f1", document.RootElement.GetProperty("objective").GetProperty("metric").GetString());
        Assert.Contains(",f1,0.8,3,", Written(stream => LeaderboardCsv.Write(stream, board)), StringComparison.Ordinal);
    }

    [Fact]
    public void Its_metrics_are_columns_of_epochs_csv()
    {
        var lines = Written(stream => EpochsCsv.Write(stream, Trained()[new TrialId(1)].Reports)).Split('\n');

        Assert.EndsWith(",f1,steps", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("1,,,,,,,,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",0.3,10", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Its_curves_are_drawn_as_far_as_there_are_any()
    {
        using var stream = new MemoryStream();
        CurvesPlot.Write(stream, Trained()[new TrialId(1)]);
        Assert.NotEqual(0, stream.Length);
    }

    [Fact]
    public void Its_plan_knows_trials_and_epochs_and_no_layouts()
    {
        var definition = TestSweep.Define(Sweep);
        var plan = SweepPlan.Of(definition, Sampler.Create(definition));

        Assert.Equal((2, 6, 0), (plan.Trials, plan.EpochsTotal, plan.Layouts.Length));
        Assert.Null(plan.ProblemWithMemory(1));
        Assert.Contains("trained by: python3 train.py", PlanText.Of(plan), StringComparison.Ordinal);
        Assert.Contains("\"command\"", Written(stream => PlanJson.Write(stream, plan)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_snapshot_gives_back_what_was_reported()
    {
        var state = Trained();
        var json = JsonSerializer.Serialize(state.ToSnapshot(), SweepSnapshotJson.Default.SweepSnapshot);
        var restored = SweepState.Restore(state.Definition, JsonSerializer.Deserialize(json, SweepSnapshotJson.Default.SweepSnapshot)!);

        Assert.Equal(state.Trials.SelectMany(trial => trial.Reports), restored.Trials.SelectMany(trial => trial.Reports));
        Assert.Equal(state.Trials.Select(trial => trial.Configuration), restored.Trials.Select(trial => trial.Configuration));
    }

    [Fact]
    public void Overfitting_is_seen_where_both_accuracies_are_reported()
    {
        EpochReport[] reports = [.. Enumerable.Range(1, 8).Select(epoch => new EpochReport(epoch, null, 0.5 + epoch * 0.06, new Evaluation(null, 0.6), null, null, 1, null))];

        Assert.Equal(VerdictKind.Overfitting, new OverfitRule(new OverfitSettings(), classes: null).Judge(reports).Kind);
        Assert.Equal(
            VerdictKind.Undetermined, new OverfitRule(new OverfitSettings(), classes: null).Judge([.. reports.Select(report => report with { TrainAccuracy = null })]).Kind);
    }

    private static SweepState Trained()
    {
        var sweep = new TestSweep(TestSweep.Define(Sweep));
        for (var trial = 1; trial <= 2; trial++)
        {
            var attempt = sweep.Assign(1)!.Value;
            for (var epoch = 1; epoch <= 3; epoch++)
                sweep.Record(1, attempt, new EpochReport(epoch, null, null, null, null, null, 1, null, Metrics: [new Metric("f1", Math.Round(0.1 * trial + 0.2 * epoch, 3)), new Metric("steps", 10 * epoch)]));
        }
        return sweep.State;
    }

    private static string Written(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
