using System.IO.Hashing;
using System.Text;
using Sweep.Coordinator.Histories;
using Sweep.Coordinator.Reports;
using Sweep.Coordinator.Trials;
using Sweep.Shared;

namespace Sweep.Coordinator.Exports.Mlflow;

/// <summary>
/// A sweep in MLflow's file store: an experiment, and in it a run for each trial, with <c>params/</c>, <c>metrics/</c> (a line an epoch: milliseconds since
/// 1970, value, epoch), <c>tags/</c>, <c>artifacts/</c> and <c>meta.yaml</c>. Identifiers follow from the sweep's, so that exporting again writes the same runs.
/// </summary>
internal static class MlflowStore
{
    private static readonly string[] Artifacts = ["epochs.csv", "curves.png", "best.safetensors"];

    /// <returns>The experiment's folder.</returns>
    public static IReadOnlyList<string> Export(StoredRun run, string into)
    {
        var (state, times) = (run.State, EventTimes.Of(run.Events));
        var root = Path.GetFullPath(into);
        var experiment = Path.Combine(root, ExperimentIdOf(state));
        Directory.CreateDirectory(Path.Combine(root, ".trash"));
        Directory.CreateDirectory(experiment);
        var board = Leaderboard.Of(state);
        foreach (var row in board.Rows) WriteRun(run, board, row, times, experiment);
        Write(experiment, "tags/mlflow.note.content", state.Definition.Description ?? "");
        // Last, since MLflow takes for an experiment what has one.
        Write(experiment, "meta.yaml", MlflowMeta.OfExperiment(ExperimentIdOf(state), $"{state.Definition.Name} {state.Sweep?.Value}", experiment, times.Start, times.End));
        return [experiment];
    }

    private static void WriteRun(StoredRun run, Leaderboard board, LeaderboardRow row, EventTimes times, string experiment)
    {
        var trial = run.State[row.Trial];
        var id = RunIdOf(run.State, row.Trial);
        var folder = Path.Combine(experiment, id);
        foreach (var part in new[] { "params", "metrics", "tags", "artifacts" }) Directory.CreateDirectory(Path.Combine(folder, part));
        foreach (var (name, value) in trial.Hyperparameters) Write(folder, $"params/{name}", value.ToString()!);
        WriteMetrics(folder, trial, times);
        foreach (var (name, value) in TagsOf(board, row)) Write(folder, $"tags/{name}", value);
        foreach (var artifact in Artifacts)
        {
            var source = Path.Combine(AttemptFolder.TrialIn(run.Folder.Path, trial.Id), artifact);
            if (File.Exists(source)) File.Copy(source, Path.Combine(folder, "artifacts", artifact), overwrite: true);
        }
        Write(folder, "meta.yaml", MlflowMeta.OfRun(ExperimentIdOf(run.State), id, NameOf(row.Trial), folder, row.Outcome, times.CreatedAt(row.Trial), times.EndedAt(row.Trial)));
    }

    private static void WriteMetrics(string folder, TrialState trial, EventTimes times)
    {
        foreach (var column in EpochsCsv.ColumnsOf(trial.Reports).Where(column => column.Name != "epoch"))
        {
            var lines = new StringBuilder();
            foreach (var report in trial.Reports)
                if (column.Value(report) is { } value)
                    lines.Append($"{times.ReportedAt(trial.Id, report.Epoch)?.ToUnixTimeMilliseconds() ?? 0} {Convert.ToDouble(value):R} {report.Epoch}\n");
            if (lines.Length > 0) Write(folder, $"metrics/{column.Name}", lines.ToString());
        }
    }

    private static IEnumerable<(string Name, string Value)> TagsOf(Leaderboard board, LeaderboardRow row)
    {
        yield return ("mlflow.runName", NameOf(row.Trial));
        yield return ("mlflow.source.name", "sweep");
        yield return ("mlflow.source.type", "LOCAL");
        yield return ("mlflow.user", "sweep");
        yield return ("sweep.outcome", Figures.SnakeCase(row.Outcome));
        yield return ("sweep.verdict", Figures.SnakeCase(row.Verdict));
        yield return ("sweep.objective", board.Sweep.Objective.Name);
        if (row.Rank is { } rank) yield return ("sweep.rank", rank.ToString());
        if (row.OnsetEpoch is { } onset) yield return ("sweep.onset_epoch", onset.ToString());
        if (row.Detail is { } detail) yield return ("sweep.detail", detail);
    }

    private static string NameOf(TrialId trial) => $"trial-{trial.Number:0000}";

    /// <summary>18 digits, as MLflow gives them.</summary>
    private static string ExperimentIdOf(SweepState state) => (100_000_000_000_000_000 + XxHash3.HashToUInt64(Key(state, "")) % 900_000_000_000_000_000).ToString();

    /// <summary>32 hexadecimal digits, as of a UUID.</summary>
    private static string RunIdOf(SweepState state, TrialId trial) => Convert.ToHexStringLower(XxHash128.Hash(Key(state, $"/{trial}")));

    private static byte[] Key(SweepState state, string more) => Encoding.UTF8.GetBytes(state.Sweep?.Value + more);

    private static void Write(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }
}
