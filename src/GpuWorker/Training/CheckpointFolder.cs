using Serilog;
using Sweep.Shared;
using Sweep.Shared.Protocol;

namespace Sweep.GpuWorker.Training;

/// <summary>A trial is to go on from another one's checkpoint, and cannot.</summary>
public sealed class MissingOriginException(string message) : Exception(message);

/// <summary>The checkpoints of one attempt, and those that earlier attempts of its trial have left.</summary>
/// <remarks>
/// Checkpoints save time and nothing else, so no trouble with them ends an attempt: it is logged, and the training goes on. Where the
/// coordinator has deleted the folder, the trial has ended, and it is not made again.
/// </remarks>
/// <param name="origin">See <see cref="CheckpointOrigin"/>; null for none.</param>
/// <param name="keepEvery">Checkpoints of the ends of every so-manieth epoch stay; null for none of them.</param>
public sealed class CheckpointFolder(
    AttemptFolder attempt, CheckpointIdentity identity, ILogger log, CheckpointOrigin? origin = null, int? keepEvery = null)
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
            foreach (var (path, position) in CheckpointsIn(attempt).OrderByDescending(file => file.Position).Skip(Kept))
                if (!IsKeptForOthers(position)) File.Delete(path);
        });
    }

    private bool IsKeptForOthers(CheckpointPosition position) => keepEvery is { } every && position.Batches == 0 && position.Epochs % every == 0;

    /// <summary>
    /// The checkpoint of an earlier attempt that has come furthest and is whole, with that attempt; null where there is none. Attempts from before
    /// the trial went on from its origin do not count.
    /// </summary>
    public (Checkpoint Checkpoint, AttemptFolder From)? FindNewest()
    {
        var candidates = attempt.AndEarlier().Skip(1).Where(earlier => earlier.Attempt.Number >= (origin?.FirstAttempt ?? 1))
            .SelectMany(earlier => CheckpointsIn(earlier).Select(file => (file.Path, file.Position, Attempt: earlier)))
            .OrderByDescending(candidate => candidate.Position).ThenByDescending(candidate => candidate.Attempt.Attempt.Number);
        return FirstWhole(candidates, identity);
    }

    /// <summary>The checkpoint that the trial goes on from.</summary>
    /// <exception cref="MissingOriginException">It is not to be had. To train its epochs again would be to train another network.</exception>
    public Checkpoint ReadOrigin(CheckpointOrigin from)
    {
        var source = attempt with { Attempt = attempt.Attempt with { Trial = from.Trial, Number = from.Attempts } };
        var position = new CheckpointPosition(from.Epochs, Batches: 0);
        var candidates = source.AndEarlier().Select(earlier => (Path.Combine(earlier.Checkpoints, position.FileName), position, earlier))
            .Where(candidate => File.Exists(candidate.Item1));
        return FirstWhole(candidates, identity with { ConfigurationHash = from.ConfigurationHash, Seed = from.Seed })?.Checkpoint
            ?? throw new MissingOriginException(
                $"the checkpoint of trial {from.Trial} after epoch {from.Epochs}, from which this trial goes on, is not in {attempt.Storage}: "
                + "workers on other machines need the run folder on shared storage");
    }

    /// <summary>The newest model that an earlier attempt of the trial has kept, from before the origin too: it may stay the best.</summary>
    public AttemptFolder? WithBestModel() => attempt.AndEarlier().Skip(1).FirstOrDefault(earlier => File.Exists(earlier.BestModel));

    private (Checkpoint Checkpoint, AttemptFolder From)? FirstWhole(
        IEnumerable<(string Path, CheckpointPosition Position, AttemptFolder Attempt)> candidates, CheckpointIdentity whose)
    {
        foreach (var (path, _, from) in candidates)
        {
            try
            {
                return (CheckpointFile.Read(File.ReadAllBytes(path), whose), from);
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
