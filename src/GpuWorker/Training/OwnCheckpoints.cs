using System.Text.Json;
using System.Text.Json.Serialization;
using Serilog;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.GpuWorker.Training;

/// <summary>What a trainer of one's own can go on from: the note that is kept beside its own file.</summary>
/// <param name="Reports">Of every epoch until then, so that one whose report was lost with its worker can still be told.</param>
/// <param name="Name">File or folder, within the attempt's folder for checkpoints.</param>
internal sealed record OwnCheckpoint(CheckpointIdentity Identity, ValueArray<EpochReport> Reports, string Name);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, WriteIndented = true)]
[JsonSerializable(typeof(OwnCheckpoint))]
[JsonSerializable(typeof(EpochReport))]
[JsonSerializable(typeof(Metric))]
internal sealed partial class OwnCheckpointJson : JsonSerializerContext;

/// <summary>The checkpoints of an attempt whose trainer writes them in its own way: of those that it tells of, the newest two are kept.</summary>
/// <param name="folder">Where they are kept: absolute.</param>
internal sealed class OwnCheckpoints(StartAttempt command, string folder, ILogger log)
{
    private const string NoteName = "checkpoint.json";
    private const int Kept = 2;

    private readonly AttemptFolder _attempt = new(command.Storage, command.Attempt);
    private readonly CheckpointIdentity _identity = new(command.Configuration.CanonicalHash(), command.Seed, command.DataSeed);
    private readonly List<string> _names = [];

    /// <summary>That of the earlier attempt which has come furthest, with its path; null where none has left one.</summary>
    public (OwnCheckpoint Checkpoint, string Path)? FindNewest()
    {
        var found = _attempt.AndEarlier().Skip(1).Select(Read).OfType<(OwnCheckpoint Checkpoint, string Path)>().ToList();
        return found.Count == 0 ? null : found.MaxBy(candidate => candidate.Checkpoint.Reports.Count);
    }

    /// <summary>The trainer can go on from this after the newest of the epochs.</summary>
    /// <returns>What is wrong with it; null where nothing is.</returns>
    public string? Keep(string name, IEnumerable<EpochReport> reports)
    {
        var path = Path.GetFullPath(Path.Combine(folder, name));
        if (!path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)) return $"checkpoint {name} is not in the folder that SWEEP_CHECKPOINTS names";
        if (!Path.Exists(path)) return Directory.Exists(folder) ? $"checkpoint {name} is not there" : null;
        var note = new OwnCheckpoint(_identity, [.. reports], Path.GetRelativePath(folder, path));
        Try("keep a checkpoint", () =>
        {
            AtomicFile.Write(Path.Combine(folder, NoteName), stream => JsonSerializer.Serialize(stream, note, OwnCheckpointJson.Default.OwnCheckpoint));
            _names.Remove(note.Name);
            _names.Add(note.Name);
            while (_names.Count > Kept) Delete(Path.Combine(folder, _names[0]));
        });
        return null;
    }

    private void Delete(string path)
    {
        _names.RemoveAt(0);
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        else File.Delete(path);
    }

    private (OwnCheckpoint Checkpoint, string Path)? Read(AttemptFolder earlier)
    {
        var note = Path.Combine(earlier.Checkpoints, NoteName);
        try
        {
            if (!File.Exists(note)) return null;
            var checkpoint = JsonSerializer.Deserialize(File.ReadAllBytes(note), OwnCheckpointJson.Default.OwnCheckpoint)!;
            var path = Path.Combine(earlier.Checkpoints, checkpoint.Name);
            if (checkpoint.Identity != _identity) throw new InvalidDataException("it is of another configuration or seed");
            return Path.Exists(path) ? (checkpoint, path) : throw new FileNotFoundException($"{path} is not there");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException or JsonException)
        {
            log.Warning("Checkpoint {File} is not used: {Problem}", note, failure.Message);
            return null;
        }
    }

    private void Try(string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.Warning("Attempt {Attempt} could not {What}: {Problem}", _attempt.Attempt.ToString(), what, failure.Message);
        }
    }
}
