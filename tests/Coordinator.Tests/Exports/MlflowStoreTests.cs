using Sweep.Coordinator.Exports;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Tests.SweepReports;
using Sweep.Coordinator.Tests.Trials;
using Sweep.Coordinator.Trials;
using Sweep.Shared;
using YamlDotNet.Serialization;

namespace Sweep.Coordinator.Tests.Exports;

/// <summary>MLflow's file store as its own reader expects it: what must be where, under which name, in which form.</summary>
public sealed class MlflowStoreTests : IDisposable
{
    private static readonly string[] ExperimentKeys = ["artifact_location", "creation_time", "experiment_id", "last_update_time", "lifecycle_stage", "name"];

    private static readonly string[] RunKeys =
    [
        "artifact_uri", "end_time", "entry_point_name", "experiment_id", "lifecycle_stage", "run_id", "run_name", "run_uuid", "source_name", "source_type",
        "source_version", "start_time", "status", "tags", "user_id",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("sweep-mlflow-").FullName;
    private readonly TestSweep _sweep = ReportedSweep.Ended();
    private readonly string _experiment;

    public MlflowStoreTests()
    {
        var run = new StoredRun(RunFolder.Create(Path.Combine(_folder, "run")), _sweep.State, _sweep.Events.Count, _sweep.Events);
        Directory.CreateDirectory(AttemptFolder.TrialIn(run.Folder.Path, new TrialId(1)));
        File.WriteAllText(Path.Combine(AttemptFolder.TrialIn(run.Folder.Path, new TrialId(1)), "epochs.csv"), "epoch");
        _experiment = Assert.Single(RunExport.Write(run, ExportFormat.Mlflow, Path.Combine(_folder, "mlruns")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_experiment_has_the_fields_that_MLflow_reads()
    {
        var meta = Meta(_experiment);
        Assert.Equal(ExperimentKeys, meta.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Path.GetFileName(_experiment), meta["experiment_id"]);
        Assert.Matches("^[0-9]{18}$", (string)meta["experiment_id"]!);
        Assert.Equal("active", meta["lifecycle_stage"]);
        Assert.True(Directory.Exists(Path.Combine(_folder, "mlruns", ".trash")));
    }

    [Fact]
    public void Every_trial_is_a_run_with_params_metrics_tags_and_artifacts()
    {
        var runs = Runs();
        Assert.Equal(_sweep.State.TrialCount, runs.Count);
        foreach (var (trial, folder) in runs)
        {
            var meta = Meta(folder);
            Assert.Equal(RunKeys, meta.Keys.Order(StringComparer.Ordinal));
            Assert.Matches("^[0-9a-f]{32}$", (string)meta["run_id"]!);
            Assert.Equal(Path.GetFileName(folder), meta["run_uuid"]);
            Assert.Equal(new Uri(Path.Combine(folder, "artifacts")).AbsoluteUri, meta["artifact_uri"]);
            Assert.Equal(trial.Outcome == TrialOutcome.Diverged ? "4" : "3", meta["status"]);
            Assert.Equal(trial.Hyperparameters["learning_rate"]!.ToString(), File.ReadAllText(Path.Combine(folder, "params", "learning_rate")));
            Assert.True(Directory.Exists(Path.Combine(folder, "tags")) && Directory.Exists(Path.Combine(folder, "artifacts")));
        }
        Assert.Equal("epoch", File.ReadAllText(Path.Combine(runs.Single(run => run.Trial.Id.Number == 1).Folder, "artifacts", "epochs.csv")));
    }

    /// <summary>A line is <c>milliseconds value step</c>.</summary>
    [Fact]
    public void A_metric_has_a_line_an_epoch()
    {
        foreach (var (trial, folder) in Runs())
        {
            var lines = File.ReadAllLines(Path.Combine(folder, "metrics", "validation_accuracy")).Select(line => line.Split(' ')).ToList();
            Assert.Equal(trial.Reports.Select(report => report.Epoch.ToString()), lines.Select(line => line[2]));
            Assert.Equal(trial.Reports.Select(report => report.Validation!.Accuracy!.Value), lines.Select(line => double.Parse(line[1])));
            Assert.All(lines, line => Assert.True(long.Parse(line[0]) >= TestSweep.Start.ToUnixTimeMilliseconds()));
        }
    }

    private List<(TrialState Trial, string Folder)> Runs() =>
    [
        .. Directory.GetDirectories(_experiment).Where(folder => Path.GetFileName(folder) != "tags")
            .Select(folder => (_sweep.State[new TrialId(int.Parse(((string)Meta(folder)["run_name"]!).Split('-')[1]))], folder)),
    ];

    private static Dictionary<string, object?> Meta(string folder) =>
        new DeserializerBuilder().Build().Deserialize<Dictionary<string, object?>>(File.ReadAllText(Path.Combine(folder, "meta.yaml")));
}
