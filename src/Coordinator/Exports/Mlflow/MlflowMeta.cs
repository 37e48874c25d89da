using System.Text;
using System.Text.Json;
using Sweep.Coordinator.Reports;

namespace Sweep.Coordinator.Exports.Mlflow;

/// <summary><c>meta.yaml</c> of experiments and runs. Texts are quoted as JSON, which YAML reads alike.</summary>
internal static class MlflowMeta
{
    /// <summary>MLflow's RunStatus, by number as its files have it.</summary>
    private enum Status { Running = 1, Scheduled, Finished, Failed, Killed }

    private const int SourceTypeLocal = 4;

    public static string OfExperiment(string id, string name, string folder, DateTimeOffset created, DateTimeOffset updated) => new StringBuilder()
        .Append($"artifact_location: {Quoted(UriOf(folder))}\n")
        .Append($"creation_time: {created.ToUnixTimeMilliseconds()}\n")
        .Append($"experiment_id: {Quoted(id)}\n")
        .Append($"last_update_time: {updated.ToUnixTimeMilliseconds()}\n")
        .Append("lifecycle_stage: active\n")
        .Append($"name: {Quoted(name)}\n").ToString();

    /// <param name="end">Null while it runs.</param>
    public static string OfRun(string experiment, string id, string name, string folder, RowOutcome outcome, DateTimeOffset? start, DateTimeOffset? end) => new StringBuilder()
        .Append($"artifact_uri: {Quoted(UriOf(Path.Combine(folder, "artifacts")))}\n")
        .Append($"end_time: {(end is { } time ? time.ToUnixTimeMilliseconds().ToString() : "null")}\n")
        .Append("entry_point_name: ''\n")
        .Append($"experiment_id: {Quoted(experiment)}\n")
        .Append("lifecycle_stage: active\n")
        .Append($"run_id: {Quoted(id)}\n")
        .Append($"run_name: {Quoted(name)}\n")
        .Append($"run_uuid: {Quoted(id)}\n")
        .Append("source_name: ''\n")
        .Append($"source_type: {SourceTypeLocal}\n")
        .Append("source_version: ''\n")
        .Append($"start_time: {start?.ToUnixTimeMilliseconds() ?? 0}\n")
        .Append($"status: {(int)StatusOf(outcome)}\n")
        .Append("tags: []\n")
        .Append("user_id: sweep\n").ToString();

    private static Status StatusOf(RowOutcome outcome) => outcome switch
    {
        RowOutcome.Completed or RowOutcome.Stopped or RowOutcome.Overfit => Status.Finished,
        RowOutcome.Diverged or RowOutcome.OutOfMemory or RowOutcome.Failed => Status.Failed,
        RowOutcome.Cancelled => Status.Killed,
        RowOutcome.Running => Status.Running,
        RowOutcome.Waiting or RowOutcome.Paused => Status.Scheduled,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    private static string UriOf(string path) => new Uri(path).AbsoluteUri;

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
