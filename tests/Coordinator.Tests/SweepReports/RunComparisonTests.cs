using System.Text.Json;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.SweepReports;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;

namespace Sweep.Coordinator.Tests.SweepReports;

public sealed class RunComparisonTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sweep-compare-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Runs_are_compared_with_the_first_by_their_winners()
    {
        var comparison = RunComparison.Of([Run("a", 0.9), Run("b", 0.91), Run("c", 0.2)]);
        Assert.Equal([null, true, false], comparison.Runs.Select(run => run.CannotBeToldFromFirst));
        Assert.Empty(comparison.Cautions);
    }

    [Fact]
    public void What_stands_against_a_comparison_is_said()
    {
        var comparison = RunComparison.Of([Run("a", 0.9), Run("b", 0.9, "objective: {metric: test_accuracy, goal: maximize}"), Run("c", 0.9, "seed: 5")]);
        Assert.Equal(2, comparison.Cautions.Length);
        Assert.Contains("test_accuracy", comparison.Cautions[0], StringComparison.Ordinal);
        Assert.Contains("another seed", comparison.Cautions[1], StringComparison.Ordinal);
        Assert.Null(comparison.Runs[1].CannotBeToldFromFirst);
    }

    [Fact]
    public void The_best_so_far_only_becomes_better()
    {
        var best = RunComparison.Of([Run("a", 0.9), Run("b", 0.9)]).Runs[0].Best;
        Assert.Equal(best.Select(point => point.Objective).Order(), best.Select(point => point.Objective));
        Assert.Equal(0.9, best[^1].Objective);
    }

    [Fact]
    public void Its_json_parses_and_its_page_takes_names_for_text()
    {
        var comparison = RunComparison.Of([Run("a<b>", 0.9), Run("b", 0.8)]);
        using var json = JsonDocument.Parse(comparison.ToJson());
        Assert.Equal(2, json.RootElement.GetProperty("runs").GetArrayLength());
        Assert.Contains("a&lt;b&gt;", ComparisonHtml.Text(comparison), StringComparison.Ordinal);
        Assert.DoesNotContain("a<b>", ComparisonHtml.Text(comparison), StringComparison.Ordinal);
    }

    private StoredRun Run(string name, double best, string more = "")
    {
        var sweep = new TestSweep(more);
        sweep.RunToTheEnd(trial => best - 0.1 * (3 - trial.Id.Number));
        return new StoredRun(RunFolder.Create(Path.Combine(_folder, name)), sweep.State, sweep.Events.Count, sweep.Events);
    }
}
