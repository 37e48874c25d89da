using Serilog;
using Sweep.Shared;

namespace Sweep.GpuWorker.Training;

/// <summary>The checkpoints of one attempt, and those that earlier attempts of its trial have left.</summary>
/// <remarks>
/// Checkpoints save time and nothing else, so no trouble with them ends an attempt: it is logged, and the training goes on. Where the
/// coordinator has deleted the folder, the trial has ended, and it is not made again.
/// </remarks>
public sealed class CheckpointFolder(AttemptFolder attempt, CheckpointIdentity identity, ILogger log)
{
    /// <summary>The newest, and one to fall back on.</summary>
    private const int Kept = 2;

    /// <summary>Makes the folder, where the run folder is to be reached from this machine.</summary>
    public void Create()
    {
        if (Directory.Exists(attempt.Storage))
            Try("make a folder for checkpoints", () => Directory.CreateDirectory(attempt.Checkpoints));
        else
            log.Warning("{Storage} is not to be reached from here: attempt {Attempt} trains without checkpoints", attempt.Storage, attempt.Attempt.ToString());
    }

    /// <summary>Keeps the checkpoint, and the one before it.</summary>
    public void Save(Checkpoint checkpoint)
    {
        if (!Directory.Exists(attempt.Checkpoints)) return;
        Try("write a checkpoint", () =>
        {
            AtomicFile.Write(Path.Combine(attempt.Checkpoints, checkpoint.Position.FileName), stream => CheckpointFile.Write(stream, checkpoint));
            foreach (var (path, _) in CheckpointsIn(attempt).OrderByDescending(file => file.Position).Skip(Kept)) File.Delete(path);
        });
    }

    /// <summary>The checkpoint of an earlier attempt that has come furthest and is whole, with that attempt; null where there is none.</summary>
    public (Checkpoint Checkpoint, AttemptFolder From)? FindNewest()
    {
        var candidates = attempt.AndEarlier().Skip(1)
            .SelectMany(earlier => CheckpointsIn(earlier).Select(file => (file.Path, file.Position, Attempt: earlier)))
            .OrderByDescending(candidate => candidate.Position).ThenByDescending(candidate => candidate.Attempt.Attempt.Number);
        foreach (var (path, _, earlier) in candidates)
        {
            try
            {
                return (CheckpointFile.Read(File.ReadAllBytes(path), identity), earlier);
            }
            catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                log.Warning("Checkpoint {File} is not used: {Problem}", path, failure.Message);
            }
        }
        return null;
    }

    /// <summary>The best epoch may have been one before the resumption.</summary>
    public void CopyBestModel(AttemptFolder from)
    {
        if (File.Exists(from.BestModel)) Try("copy the best model", () => AtomicFile.Write(attempt.BestModel, CopyOf(from.BestModel)));
    }

    private static Action<Stream> CopyOf(string path) => target =>
    {
        using var source = File.OpenRead(path);
        source.CopyTo(target);
    };

    private static IEnumerable<(string Path, CheckpointPosition Position)> CheckpointsIn(AttemptFolder folder)
    {
        if (!Directory.Exists(folder.Checkpoints)) yield break;
        foreach (var path in Directory.GetFiles(folder.Checkpoints))
            if (CheckpointPosition.Of(Path.GetFileName(path)) is { } position) yield return (path, position);
    }

    private void Try(string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.Warning("Attempt {Attempt} could not {What}: {Problem}", attempt.Attempt.ToString(), what, failure.Message);
        }
    }
}
